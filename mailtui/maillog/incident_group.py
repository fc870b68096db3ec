"""The failures of one cause, counted: bounded, whatever the log holds."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from mailtui.maillog.model import Event, Incident
from mailtui.maillog.story_lines import event_ref

MAX_EVENTS = 50
MAX_SAMPLES = 3
MAX_QUEUE_IDS = 100
MAX_KNOWN = 20_000
"""Messages and recipients told apart; beyond this they are counted as new."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a group is about; its incident's words."""

    id: str
    cause: str
    who: str
    action: str
    severity: str
    meaning: str
    place: str = ""
    """Where it happens: a destination, a table, a user."""
    wide: str = ""
    """Subjects with the same word here fail alike at other places."""


@dataclass(slots=True)
class Group:
    """One incident in the making."""

    subject: Subject
    verb: str
    count: int = 0
    first: float = 0.0
    last: float = 0.0
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
    _messages: set[str] = field(default_factory=set)
    _recipients: set[tuple[str, str]] = field(default_factory=set)
    _queue_ids: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _waiting: set[tuple[str, str]] = field(default_factory=set)
    _final: bool = False

    def add(self, event: Event, to: str, *, waits: bool) -> None:
        """Count one failure; ``waits`` when the recipient will be tried again."""
        time = event.time if event.time is not None else self.last
        self.count += 1 + int(event.fields.get("repeated", "0"))
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)
        self.events.append(event)
        if event.queue_id and event.queue_id != "NOQUEUE":
            self._remember(event.queue_id, to, waits)
        elif to and len(self._recipients) < MAX_KNOWN:
            self._recipients.add(("", to))
        self._final = self._final or not waits

    def deliver(self, queue_id: str, to: str) -> None:
        """The recipient that waited has the message now."""
        self._waiting.discard((queue_id, to))

    @property
    def healed(self) -> bool:
        """Whether everybody who waited has the message."""
        return not self._final and not self._waiting

    def snapshot(self, others: int) -> Incident:
        """The incident; ``others`` is how many other places fail the same way."""
        subject = self.subject
        healed = self.healed
        return Incident(
            id=subject.id,
            cause=subject.cause,
            title=self._title(others, healed),
            who="us" if others >= 3 and subject.who == "remote" else subject.who,
            action="Nothing more: all of it was delivered." if healed else subject.action,
            severity="notice" if healed else subject.severity,
            count=self.count,
            messages=len(self._messages),
            recipients=len(self._recipients),
            first=self.first,
            last=self.last,
            samples=tuple(map(event_ref, list(self.events)[-MAX_SAMPLES:])),
            queue_ids=tuple(reversed(self._queue_ids)),
        )

    def _remember(self, queue_id: str, to: str, waits: bool) -> None:
        if len(self._messages) < MAX_KNOWN:
            self._messages.add(queue_id)
        if to and len(self._recipients) < MAX_KNOWN:
            self._recipients.add((queue_id, to))
        if waits and len(self._waiting) < MAX_KNOWN:
            self._waiting.add((queue_id, to))
        elif not waits:
            self._waiting.discard((queue_id, to))
        self._queue_ids[queue_id] = None
        self._queue_ids.move_to_end(queue_id)
        if len(self._queue_ids) > MAX_QUEUE_IDS:
            self._queue_ids.popitem(last=False)

    def _title(self, others: int, healed: bool) -> str:
        subject = self.subject
        number = len(self._messages)
        many = f"{number} message{'s' * (number != 1)} " if number else f"{self.count} × " if self.count > 1 else ""
        verb = "deferred, delivered since" if healed else self.verb
        place = f" {subject.place}" if subject.place else ""
        also = f" (and {others} other place{'s' * (others != 1)})" if others and subject.wide else ""
        return f"{many}{verb}{place}{also}: {subject.meaning}" if verb else f"{subject.meaning}{place}{also}"
