"""Try again now: one message, a site, or everything that is deferred (postqueue(1), flush(8)).

The queue manager is only asked to try; what the attempt brings stands in the log. An attempt cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import HostError, MailtuiError, ToolFailed, UsageError
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.looking import Look
from mailtui.services.postfix.queue.naming import noted_names
from mailtui.services.postfix.queue.postsuper import NOT_TRIED
from mailtui.services.postfix.queue.spool import HOLD

_PORTION = 50
"""Messages between two records of the journal; each costs a start of postqueue."""
_DOWN = "mail system is down"
_NOT_CONFIGURED = "Flush service is not configured"
ON_HOLD = "on hold: release it first"
ASKED = "mailtui was stopped; whether it was tried stands in the log"


class Deliver:
    """Every target is tried now."""

    name = "queue-deliver"

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    def apply(self, step: Step, note: Note) -> Outcome:
        """Stops at the first one that cannot even be asked for, as when Postfix is stopped."""
        look = Look(self._tools, self._postfix, step.targets)
        done: list[str] = []
        skipped: list[Missed] = []
        for start in range(0, len(step.targets), _PORTION):
            looked = look.at(step.targets[start : start + _PORTION])
            held = [one.target.name for one in looked.found if one.queue_name == HOLD]
            skipped += [*looked.missed, *(Missed(name, ON_HOLD) for name in held)]
            ready = [one.target.name for one in looked.found if one.queue_name != HOLD]
            if ready:
                note({"ids": ready})
            for queue_id in ready:
                try:
                    postqueue(self._tools, self._postfix, "-i", checked_id(queue_id))
                except MailtuiError as error:
                    return _stopped(step, done, skipped, queue_id, error)
                done.append(queue_id)
        return Outcome(tuple(done), tuple(skipped))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Of the last ones noted nobody can tell; those noted before were asked for."""
        last = noted_names(notes[-1:], "ids")
        return Outcome(tuple(noted_names(notes[:-1], "ids")), failed=tuple(Missed(name, ASKED) for name in last))


class Flush:
    """Everything deferred, or all of it for one site, is tried now."""

    name = "queue-flush"

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises HostError where Postfix is stopped or keeps no record of this site's mail."""
        site = step.arguments.get("site")
        postqueue(self._tools, self._postfix, *(("-s", str(site)) if site else ("-f",)))
        return Outcome(done=(step.why,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Nobody can tell."""
        return Outcome(failed=(Missed(step.why, ASKED),))


def _stopped(step: Step, done: list[str], skipped: list[Missed], failed: str, error: MailtuiError) -> Outcome:
    """What was done until ``failed``; the rest is not tried."""
    told = {*done, failed, *(one.target for one in skipped)}
    rest = (Missed(target.name, NOT_TRIED) for target in step.targets if target.name not in told)
    return Outcome(tuple(done), (*skipped, *rest), (Missed(failed, error.message),))


def postqueue(tools: Tools, postfix: PostfixConfig, *words: str) -> None:
    """Ask it. Raises HostError with what would help, and what ``Tools.run`` raises."""
    try:
        tools.run(["postqueue", *postfix.where, *words], timeout=60.0)
    except ToolFailed as error:
        raise _refused(error) from error


def _refused(error: ToolFailed) -> MailtuiError:
    if _DOWN in error.stderr:
        return HostError("Postfix is stopped: nothing can be delivered now", unlock="postfix start")
    if _NOT_CONFIGURED in error.stderr:
        return HostError(
            "Postfix keeps no list of this site's mail",
            unlock="mailtui queue deliver --where recipient_domain:SITE; for lists: fast_flush_domains (flush(8))",
        )
    return error
