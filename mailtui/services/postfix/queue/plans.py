"""Plans for queued mail. Making one changes nothing; each says what it does, to whom, and how it is undone."""

from __future__ import annotations

from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.copies import LARGEST, Copies
from mailtui.services.postfix.queue.delivering import Deliver, Flush
from mailtui.services.postfix.queue.logins import with_logins
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.restructuring import OPTIONS, Restructure
from mailtui.services.postfix.queue.rules import Rules
from mailtui.services.postfix.queue.sessions import kick_step
from mailtui.services.postfix.queue.spool import HOLD
from mailtui.services.postfix.queue.steps import (
    Entries,
    delete_for_good_step,
    delete_step,
    hold_step,
    step_of,
    targets_of,
)
from mailtui.services.postfix.queue.structure import structure
from mailtui.services.postfix.queue.verbs import EXPIRE, HOLD_THEM, RELEASE, REQUEUE
from mailtui.text import clean

_ATTEMPT = "an attempt cannot be taken back"
_SITE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:")


class QueuePlans:
    """What can be done to the queue of one Postfix.

    Everything raises UsageError where nothing is chosen or a value is wrong, and what reading the configuration raises.
    """

    def __init__(self, tools: Tools, postfix: PostfixConfig, dovecot: DovecotConfig, state: Path) -> None:
        self._tools = tools
        self._postfix = postfix
        self._dovecot = dovecot
        self._copies = Copies(state)

    @property
    def rules(self) -> Rules:
        """Rules for mail to come, as they are now."""
        return Rules(self._tools, self._postfix.again())

    def hold(self, entries: Entries) -> Plan:
        """Nobody tries them until they are released."""
        return Plan(_title("Hold", entries), (hold_step(self._postfix, entries),))

    def release(self, entries: Entries) -> Plan:
        """Back to ``deferred``, and tried at the next look at the queue."""
        step = step_of(
            self._postfix,
            RELEASE,
            entries,
            "they are tried again at the next queue run",
            undo="those that are still in the queue are put on hold again",
            back=HOLD_THEM,
        )
        return Plan(_title("Release", entries), (step,))

    def requeue(self, entries: Entries) -> Plan:
        """Through cleanup(8) again."""
        step = step_of(
            self._postfix,
            REQUEUE,
            entries,
            "they go through cleanup(8) again: address rewriting, virtual aliases, content filter",
            risk="each gets a new queue ID; a message on hold is no longer on hold",
            undo="the rewritten message has replaced the one before",
        )
        return Plan(_title("Requeue", entries), (step,))

    def expire(self, entries: Entries) -> Plan:
        """Return them to their senders at the next attempt."""
        held = sum(entry.queue_name == HOLD for entry in entries)
        nobody = sum(entry.is_bounce for entry in entries)
        risks = [f"{held} on hold are returned only when they are released"] if held else []
        risks += [f"{nobody} have no sender: nobody is told, they are dropped"] if nobody else []
        step = step_of(
            self._postfix,
            EXPIRE,
            entries,
            "the next attempt is the last: what then fails is returned to the sender",
            risk="; ".join(risks),
            undo="postsuper(1) has no way to take an expiry back",
        )
        return Plan(_title("Expire", entries), (step,))

    def deliver(self, entries: Entries) -> Plan:
        """Try them now."""
        targets = targets_of(entries)
        commands = tuple(("postqueue", *self._postfix.where, "-i", target.name) for target in targets)
        why = "the queue manager tries them now; what comes of it stands in the log"
        step = Step(Deliver.name, {}, why, commands, undo=_ATTEMPT, reversible=False, targets=targets)
        return Plan(_title("Deliver now", entries), (step,))

    def flush(self, site: str | None = None) -> Plan:
        """Try everything deferred now, or all of it for a site."""
        if site is not None and (not site or site.startswith("-") or set(site) - _SITE):
            raise UsageError(f"{clean(site)!r} is no site", unlock="name a host or a domain, as in user@DOMAIN")
        words = ("-f",) if site is None else ("-s", site)
        why = "try all deferred mail now" if site is None else f"try all deferred mail for {site} now"
        step = Step(
            Flush.name,
            {"site": site},
            why,
            (("postqueue", *self._postfix.where, *words),),
            risk="a full queue keeps the machine busy for a while" if site is None else "",
            undo=_ATTEMPT,
            reversible=False,
        )
        return Plan(why[0].upper() + why[1:], (step,))

    def delete(self, entries: Entries) -> Plan:
        """Take them out of the queue; those too large for a copy in a step of their own, which cannot be undone."""
        keeping: list[QueueEntry] = []
        losing: list[QueueEntry] = []
        room = self._copies.room
        for entry in entries:
            fits = entry.message_size <= min(LARGEST, room) * 3 // 4
            (keeping if fits else losing).append(entry)
            room -= entry.message_size * 4 // 3 if fits else 0
        steps = [delete_step(self._postfix, keeping)] if keeping else []
        steps += [delete_for_good_step(self._postfix, losing)] if losing else []
        if not steps:
            raise UsageError("no message is chosen", unlock="mailtui queue lists those that wait")
        return Plan(_title("Delete", entries), tuple(steps))

    def mend(self) -> Plan:
        """Put files to where Postfix looks for them. Raises UsageError where all of them are in order."""
        flaws = [finding for finding in structure(self._postfix) if finding.fix]
        if not flaws:
            raise UsageError("the queue's files are in order")
        step = Step(
            Restructure.name,
            {},
            f"postsuper puts in order: {'; '.join(finding.title for finding in flaws)}",
            (("postsuper", *self._postfix.where, *OPTIONS),),
            risk="a message that is renamed has a new queue ID",
            undo="what has been renamed or moved is where Postfix wants it",
            reversible=False,
        )
        return Plan("Put the queue's files in order", (step,))

    def hold_rule(self, kind: str, value: str, seconds: float) -> Plan:
        """Hold new mail of a ``sender``, to a ``recipient_domain`` or of a ``sasl_username`` for so long."""
        return self.rules.hold(kind, value, seconds)

    def compromised(self, sasl_username: str, entries: Entries) -> Plan:
        """Stop a user whose account others use: nothing new, nothing of what waits, no open session."""
        steps = [*self.rules.block_steps(sasl_username), kick_step(self._dovecot, sasl_username)]
        theirs = [entry for entry in with_logins(entries, self._postfix) if entry[0] == sasl_username]
        if theirs:
            steps.insert(-1, hold_step(self._postfix, [entry for _, entry in theirs if entry.queue_name != HOLD]))
        steps = [step for step in steps if step.action != HOLD_THEM.name or step.targets]
        return Plan(f"Stop the account {clean(sasl_username)}", tuple(steps))


def _title(verb: str, entries: Entries) -> str:
    if not entries:
        raise UsageError("no message is chosen", unlock="mailtui queue lists those that wait")
    return f"{verb}: {len(entries):,} {'message' if len(entries) == 1 else 'messages'}"
