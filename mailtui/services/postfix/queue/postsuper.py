"""What postsuper(1) does to many messages at once: their IDs go to its standard input, never onto its command line.

It tells of each message on standard error (``postsuper: ID: placed on hold``) and sums up
(``Placed on hold: 2 messages``); an ID it does not find it passes over in silence. It needs root, but no running
Postfix.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from mailtui.changes.plan import Missed, Note, Outcome, Target
from mailtui.host.errors import ToolTimeout
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.looking import GONE, Found, Look
from mailtui.services.postfix.queue.spool import HOLD

BATCH = 5000
"""Messages between two records of the journal."""
TIMEOUT = 300.0
NOT_TRIED = "not tried, since those before it failed"
_TOLD = re.compile(rb"^postsuper: (\w+): (?:placed on hold|released from hold|requeued|expired|removed)$", re.MULTILINE)

State = Callable[[Found | None], bool]


@dataclass(frozen=True, slots=True)
class Verb:
    """One of the things postsuper can do."""

    name: str
    """Of the action in the journal."""
    option: str
    words: str
    """What a user without the right may not do."""
    reached: State
    """Whether a message, None when gone, is where the verb brings it."""
    already: str
    """Why a message that is there already is skipped."""
    queues: tuple[str, ...] = ()
    """The only queues postsuper may look in; empty for the option's own default."""
    wakes: str = ""
    """The service that goes on with them, and would look for itself only after its ``wakeup`` of master(5)."""

    def argv(self, postfix: PostfixConfig) -> tuple[str, ...]:
        """The command, whose standard input is the IDs."""
        return ("postsuper", *postfix.where, self.option, "-", *self.queues)

    def commands(self, postfix: PostfixConfig) -> tuple[tuple[str, ...], ...]:
        """Everything that is run."""
        wake = (("postkick", *postfix.where, "public", self.wakes, "W"),) if self.wakes else ()
        return (self.argv(postfix), *wake)


HOLD_THEM = Verb(
    "queue-hold",
    "-h",
    "put mail on hold",
    lambda found: found is not None and found.queue_name == HOLD,
    "already on hold",
)
RELEASE = Verb(
    "queue-release",
    "-H",
    "release mail",
    lambda found: found is None or found.queue_name != HOLD,
    "no longer on hold",
)
REQUEUE = Verb("queue-requeue", "-r", "requeue mail", lambda found: found is None, GONE, wakes="pickup")
EXPIRE = Verb("queue-expire", "-e", "expire mail", lambda found: found is not None and found.expired, "already expired")
DELETE_HELD = Verb("queue-delete", "-d", "delete mail", lambda found: found is None, GONE, (HOLD,))


class Postsuper:
    """postsuper on one instance."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self.tools = tools
        self.postfix = postfix

    def look(self, targets: Sequence[Target]) -> Look:
        """See ``Look``."""
        return Look(self.tools, self.postfix, targets)

    def run(self, verb: Verb, targets: Sequence[Target], note: Note) -> Outcome:
        """Do it to those that are still what they were, batch by batch, each noted before.

        Raises what ``Tools.run`` raises, and what ``note`` raises.
        """
        look = self.look(targets)
        outcomes: list[Outcome] = []
        with ThreadPoolExecutor(1) as worker:
            running: Future[Outcome] | None = None
            for batch in batches(targets):
                looked = look.at(batch)  # while postsuper does the batch before
                if running is not None:
                    outcomes.append(running.result())
                    running = None
                if any(outcome.failed for outcome in outcomes):
                    outcomes.append(Outcome(skipped=tuple(Missed(target.name, NOT_TRIED) for target in batch)))
                    continue
                there = tuple(Missed(one.target.name, verb.already) for one in looked.found if verb.reached(one))
                outcomes.append(Outcome(skipped=(*looked.missed, *there)))
                ready = [one.target for one in looked.found if not verb.reached(one)]
                if ready:
                    note({"ids": [target.name for target in ready]})
                    running = worker.submit(self.batch, verb, ready)
            if running is not None:
                outcomes.append(running.result())
        self._wake(verb, outcomes)
        return joined(outcomes)

    def _wake(self, verb: Verb, outcomes: Sequence[Outcome]) -> None:
        """A Postfix that does not run finds them when it starts."""
        if any(outcome.done for outcome in outcomes):
            for command in verb.commands(self.postfix)[1:]:
                with contextlib.suppress(ToolTimeout):
                    self.tools.run(command, check=False)

    def batch(self, verb: Verb, targets: Sequence[Target]) -> Outcome:
        """Do it to these, which have just been looked at; what postsuper does not tell of is looked at again."""
        names = [checked_id(target.name) for target in targets]
        result = self.tools.run(
            verb.argv(self.postfix), stdin=("\n".join(names) + "\n").encode("ascii"), timeout=TIMEOUT, check=False
        )
        told = {name.decode("ascii", "replace") for name in _TOLD.findall(result.stderr)}
        rest = [target for target in targets if target.name not in told]
        if not rest:
            return Outcome(tuple(names))
        why = _complaint(result.error_text) if result.code != 0 else "postsuper passed it over"
        return self._rest(verb, [name for name in names if name in told], rest, why)

    def _rest(self, verb: Verb, done: list[str], rest: Sequence[Target], why: str) -> Outcome:
        looked = self.look(rest).at(rest)
        skipped = [*looked.missed]
        skipped += [Missed(one.target.name, verb.already) for one in looked.found if verb.reached(one)]
        failed = [Missed(one.target.name, why) for one in looked.found if not verb.reached(one)]
        return Outcome(tuple(done), tuple(skipped), tuple(failed))

    def reached(self, verb: Verb, targets: Sequence[Target]) -> tuple[tuple[str, ...], tuple[Missed, ...]]:
        """The names of the targets that are where the verb brings them; and of the others why they are not there."""
        looked = self.look(targets).at(targets)
        done = [one.target.name for one in looked.found if verb.reached(one)]
        if verb.reached(None):
            done += [missed.target for missed in looked.missed if missed.why == GONE]
        return tuple(done), tuple(missed for missed in looked.missed if missed.target not in set(done))


def batches(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """The targets, ``BATCH`` at a time."""
    return (targets[start : start + BATCH] for start in range(0, len(targets), BATCH))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """All of them as one."""
    return Outcome(
        tuple([name for outcome in outcomes for name in outcome.done]),
        tuple([missed for outcome in outcomes for missed in outcome.skipped]),
        tuple([missed for outcome in outcomes for missed in outcome.failed]),
    )


def _complaint(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if "fatal:" in line or "error:" in line] or stderr.splitlines()
    return lines[-1] if lines else "postsuper failed without a word"
