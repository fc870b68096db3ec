"""A story while it is being told: mutable, lean, turned into a ``Story`` when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailtui.maillog.causes import classify
from mailtui.maillog.model import Event, Recipient, Story
from mailtui.maillog.story_attempt import attempt_of
from mailtui.maillog.story_lines import Line, line_of, line_ref

MAX_LINES = 2_000
MAX_RECIPIENTS = 20_000
MAX_ATTEMPTS = 500
"""A message's lines, recipients and a recipient's attempts beyond this are read, but not kept."""

_FAILED = frozenset({"deferred", "bounced", "expired", "rejected", "undeliverable"})
_OUTCOMES = {
    "sent": "delivered",
    "deliverable": "delivered",
    "deferred": "deferred",
    "bounced": "bounced",
    "undeliverable": "bounced",
    "expired": "expired",
    "rejected": "rejected",
    "held": "held",
    "discarded": "discarded",
    "deleted": "discarded",
}
"""What a recipient's status makes of the message; ``forwarded`` and ``filtered`` leave that to what comes after."""

_PASSED_ON = frozenset({"forwarded", "filtered"})
_OPEN = frozenset({"queued", "deferred", "held"})


@dataclass(slots=True)
class RecipientRecord:
    """One recipient so far."""

    to: str
    orig_to: str
    status: str = "queued"
    mailbox: str = ""
    attempts: list[Event] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether another attempt may come."""
        return self.status in _OPEN

    def try_with(self, event: Event, status: str) -> None:
        """One more attempt, and what became of it; a filter's reply may come later than what happened behind it."""
        if status == "filtered" and self.attempts and self.attempts[-1].queue_id != event.queue_id:
            self.attempts.insert(0, event)
            return
        self.status = status
        if len(self.attempts) < MAX_ATTEMPTS:
            self.attempts.append(event)
        else:
            self.attempts[-1] = event

    def continue_with(self, later: RecipientRecord) -> None:
        """What became of the recipient behind a filter."""
        self.attempts += later.attempts[: MAX_ATTEMPTS - len(self.attempts)]
        self.status = later.status
        self.mailbox = later.mailbox or self.mailbox

    def snapshot(self) -> Recipient:
        """The recipient as it stands."""
        attempts = tuple(map(attempt_of, self.attempts))
        dsn, relay, reason = (attempts[-1].dsn, attempts[-1].relay, attempts[-1].reason) if attempts else ("", "", "")
        verdict = None
        if self.status in _FAILED and attempts:
            verdict = classify(reason, dsn=dsn, relay=relay, where="I" if self.status == "rejected" else "")
        return Recipient(self.to, self.orig_to, self.status, dsn, relay, reason, verdict, self.mailbox, attempts)


@dataclass(slots=True)
class Record:
    """One message so far: one queue ID's life, or several when a filter or requeue passed it on."""

    key: str
    host: str
    instance: str
    """Where it began."""
    places: set[tuple[str, str]] = field(default_factory=set)
    """Hosts and instances it went through."""
    queue_ids: list[str] = field(default_factory=list)
    message_ids: list[str] = field(default_factory=list)
    sender: str | None = None
    size: int | None = None
    client: str = ""
    sasl_username: str = ""
    arrived: float | None = None
    ended: float | None = None
    state: str = ""
    """``held discarded rejected expired`` as a whole; ``""`` otherwise."""
    recipients: dict[tuple[str, str], RecipientRecord] = field(default_factory=dict)
    by_address: dict[str, RecipientRecord] = field(default_factory=dict)
    """The first recipient with an address, whatever it was before its aliases."""
    bounces: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    """Queue IDs whose end has not been seen."""

    def add_line(self, number: int, event: Event) -> None:
        """Keep the line."""
        if len(self.lines) < MAX_LINES:
            self.lines.append(line_of(number, event))

    def end(self, event: Event) -> None:
        """One queue ID's life is over."""
        self.live.discard(event.queue_id)
        self.ended = event.time if self.ended is None or event.time is None else max(self.ended, event.time)

    def close(self, status: str) -> None:
        """No more attempts for whoever still waits; where nobody is known, for the message."""
        waiting = [recipient for recipient in self.recipients.values() if recipient.is_open]
        for recipient in waiting:
            recipient.status = status
        if not self.recipients:
            self.state = self.state or _OUTCOMES[status]

    def recipient(self, to: str, orig_to: str) -> RecipientRecord | None:
        """The record of a recipient, made if it is new; None past the bound."""
        found = self.recipients.get((to, orig_to))
        if found is not None:
            return found
        if len(self.queue_ids) > 1 and (found := self._beyond_filter(to, orig_to)):
            return found
        if len(self.recipients) >= MAX_RECIPIENTS:
            return None
        return self.know(RecipientRecord(to, orig_to))

    def _beyond_filter(self, to: str, orig_to: str) -> RecipientRecord | None:
        """The same recipient on the other side of a content filter: behind it, the alias is no longer known."""
        found = self.by_address.get(to)
        if found is None or (orig_to and found.orig_to) or (not orig_to and found.is_open):
            return None
        if orig_to:
            del self.recipients[to, ""]
            found.orig_to = orig_to
            self.recipients[to, orig_to] = found
        return found

    def know(self, recipient: RecipientRecord) -> RecipientRecord:
        """One more recipient."""
        self.recipients[recipient.to, recipient.orig_to] = recipient
        self.by_address.setdefault(recipient.to, recipient)
        return recipient

    def outcome(self) -> str:
        """One word for all recipients."""
        statuses = {recipient.status for recipient in self.recipients.values()}
        if self.state and not statuses & {"sent", "bounced"}:
            return self.state
        words = {_OUTCOMES.get(status, "queued") for status in statuses - _PASSED_ON}
        if not words:
            return "delivered" if statuses and not self.live else "queued"
        return words.pop() if len(words) == 1 else "mixed"

    def snapshot(self) -> Story:
        """The story as it stands."""
        return Story(
            key=self.key,
            host=self.host,
            instance=self.instance,
            queue_ids=tuple(self.queue_ids),
            message_ids=tuple(self.message_ids),
            sender=self.sender,
            size=self.size,
            client=self.client,
            sasl_username=self.sasl_username,
            arrived=self.arrived,
            ended=self.ended if not self.live else None,
            outcome=self.outcome(),
            recipients=tuple(recipient.snapshot() for recipient in self.recipients.values()),
            bounces=tuple(self.bounces),
            parents=tuple(self.parents),
            lines=tuple(line_ref(line) for line in sorted(self.lines)),
        )
