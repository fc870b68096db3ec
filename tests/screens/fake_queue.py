"""A queue with a fixed content, and plans that only say what they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.services.postfix.queue.model import Part, QueueEntry, QueueListing, QueueMessage
from tests.screens.fake_stories import NOW


@dataclass
class FakeQueue:
    """A queue with these messages; ``problem`` is raised instead of listing it."""

    entries: tuple[QueueEntry, ...] = ()
    messages: dict[str, QueueMessage] = field(default_factory=dict)
    problem: MailtuiError | None = None
    thorough: bool = False
    read_at: float = NOW

    def read(self) -> QueueListing:
        if self.problem is not None:
            raise self.problem
        return QueueListing(self.entries, (), self.read_at)

    def list(self, *, thorough: bool = False) -> QueueListing:
        self.thorough = thorough
        return self.read()

    def beside(self) -> Sequence[str]:
        return ()

    def show(self, queue_id: str, part: Part = "all") -> QueueMessage:
        if queue_id not in self.messages:
            raise PermissionDenied("anna may not read queue files", unlock="sudo by the rule: anna ALL=(root) mailtui")
        return self.messages[queue_id]

    def why(self, entry: QueueEntry) -> str:
        return f"It is in the {entry.queue_name} queue and is tried again in 14m."


class FakePlans:
    """Plans that name what they were made for."""

    def __init__(self) -> None:
        self.made: list[tuple[object, ...]] = []

    def hold(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("hold", entries)

    def release(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("release", entries)

    def requeue(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("requeue", entries)

    def deliver(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("deliver", entries)

    def flush(self, site: str | None = None) -> Plan:
        return self._plan("flush", (), site)

    def expire(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("expire", entries)

    def delete(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("delete", entries)

    def hold_rule(self, kind: str, value: str, seconds: float) -> Plan:
        return self._plan("hold-rule", (), kind, value, seconds)

    def compromised(self, sasl_username: str, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("compromised", [e for e in entries if e.sasl_username == sasl_username], sasl_username)

    def _plan(self, verb: str, entries: Sequence[QueueEntry], *more: object) -> Plan:
        self.made.append((verb, tuple(entry.queue_id for entry in entries), *more))
        targets = tuple(entry.target() for entry in entries)
        step = Step(verb, {}, "as asked", (("postsuper", f"-{verb[0]}", "-"),), targets=targets, undo="the other way")
        return Plan(f"{verb.capitalize()} {len(entries)} messages", (step,))
