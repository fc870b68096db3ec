"""The failures of one cause, counted: bounded, whatever the log holds."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field, replace

from mailtui.maillog.incident_known import KnownIDs
from mailtui.maillog.incident_subject import Subject, identity
from mailtui.maillog.incident_waiting import Names, Waiting
from mailtui.maillog.model import Event, Incident
from mailtui.maillog.story_lines import event_ref

_DIGITS = 6
"""Of how often syslog says it saw a line; more is no count."""

MAX_EVENTS = 50
MAX_SAMPLES = 3
MAX_QUEUE_IDS = 100
MAX_KNOWN = 20_000
"""Recipients and places told apart; beyond this they are counted no further."""
_NAMED = 2
_OPENED = (
    "Check the mailbox once: a Maildir has healed, but an sdbox or mdbox may have been given an empty index, "
    "and then its flags are gone: compare with a backup."
)


@dataclass(slots=True)
class Group:
    """One incident in the making."""

    subject: Subject
    waiting: Waiting
    """Who waits, here and elsewhere."""
    count: int = 0
    first: float = 0.0
    last: float = 0.0
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
    places: Counter[str] = field(default_factory=Counter)
    messages: KnownIDs = field(default_factory=KnownIDs)
    recipients: set[str] = field(default_factory=set)
    queue_ids: OrderedDict[str, None] = field(default_factory=OrderedDict)
    lost: KnownIDs = field(default_factory=KnownIDs)
    """Messages given back to their sender."""
    is_delivery: bool = False
    opened: bool = False
    """Whether the damaged mailbox was opened since, by another process and without a complaint."""
    names: Names = ()
    """The incidents it counts for: itself, and all places that fail alike."""

    def __post_init__(self) -> None:
        """One tuple for all that wait for it."""
        subject = self.subject
        self.names = (subject.id, identity("wide", subject.wide)) if subject.wide else (subject.id,)

    def add(self, event: Event, subject: Subject, who: str = "", *, again: bool = False) -> None:
        """One more failure; ``who`` is the recipient or user it concerns, which may have failed before."""
        self.opened = False
        self.count += 1 + int(event.fields.get("repeated", "0")[:_DIGITS])
        if event.time is not None:
            self.first = min(self.first or event.time, event.time)
            self.last = max(self.last, event.time)
        self.events.append(event)
        if subject.of and (subject.of in self.places or len(self.places) < MAX_KNOWN):
            self.places[subject.of] += 1
        if who and len(self.recipients) < MAX_KNOWN:
            self.recipients.add(who)
        if event.queue_id not in ("", "NOQUEUE"):
            self._remember(event.queue_id, is_new=not again)

    def lose(self, queue_id: str) -> None:
        """A recipient will not get it."""
        self.is_delivery = True
        self.lost.add(queue_id)

    @property
    def late(self) -> int:
        """Messages with a recipient that will be tried again."""
        return self.waiting.late[self.subject.id]

    @property
    def healed(self) -> bool:
        """Whether everybody who waited has the message, or the mailbox is in use again."""
        return self.opened or (self.is_delivery and not self.late and not self.lost)

    @property
    def wide_id(self) -> str:
        """The incident of all places that fail alike; those where it has passed are another one."""
        return identity("healed", self.subject.wide) if self.healed else self.names[-1]

    def snapshot(self) -> Incident:
        """The incident."""
        subject = self.subject
        return Incident(
            id=subject.id,
            cause=subject.cause,
            title=self._title(),
            who=subject.who,
            action=self._action(),
            severity="notice" if self.healed else subject.severity,
            count=self.count,
            messages=len(self.messages),
            recipients=len(self.recipients),
            first=self.first,
            last=self.last,
            samples=tuple(map(event_ref, list(self.events)[-MAX_SAMPLES:])),
            queue_ids=tuple(reversed(self.queue_ids)),
        )

    def _action(self) -> str:
        if self.opened:
            return _OPENED
        return "Nothing more: all of it was delivered." if self.healed else self.subject.action

    def _remember(self, queue_id: str, *, is_new: bool) -> None:
        if is_new:
            self.messages.add(queue_id)
        self.queue_ids[queue_id] = None
        self.queue_ids.move_to_end(queue_id)
        if len(self.queue_ids) > MAX_QUEUE_IDS:
            self.queue_ids.popitem(last=False)

    def _title(self) -> str:
        where = _listed(self.places)
        if self.is_delivery:
            return f"{self._fates()}: {self.subject.meaning}{where}"
        if self.subject.id.startswith("refused"):
            return f"{_many(self.count, 'attempt')} refused: {self.subject.meaning}{where}"
        times = f"{self.count} × " if self.count > 1 else ""
        return f"{times}{self.subject.meaning}{where}{', opened since without a complaint' * self.opened}"

    def _fates(self) -> str:
        """``42 messages deferred, 3 returned``."""
        if self.healed:
            return f"{_many(len(self.messages), 'message')} delayed, all delivered since"
        fates = [f"{self.late} deferred"] if self.late else []
        fates += [f"{len(self.lost)} returned"] if self.lost else []
        number, _, rest = ", ".join(fates).partition(" ")
        return f"{_many(int(number), 'message')} {rest}"


def merged(name: str, groups: list[Group], who: str) -> Incident:
    """Groups with one cause at many places, as one incident; ``who`` must act, where that is not known by the cause."""
    groups = sorted(groups, key=lambda group: group.last)
    subject = replace(groups[-1].subject, id=name)
    if who:
        subject = replace(subject, who=who, severity="error" if who == "us" else "warning")
    whole = Group(subject, groups[-1].waiting, is_delivery=bool(who))
    for group in groups:
        whole.count += group.count
        whole.first = min(whole.first or group.first, group.first)
        whole.last = max(whole.last, group.last)
        whole.places.update(group.places)
        whole.messages.join(group.messages)
        whole.recipients |= group.recipients
        whole.lost.join(group.lost)
        whole.events.extend(group.events)
        for queue_id in group.queue_ids:
            whole._remember(queue_id, is_new=False)
    return whole.snapshot()


def _listed(places: Counter[str]) -> str:
    if not places:
        return ""
    named = ", ".join(place for place, _ in places.most_common(_NAMED))
    more = len(places) - _NAMED
    return f" ({named} and {more} more)" if more > 0 else f" ({named})"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
