"""A story while it is being told: mutable, lean, turned into a ``Story`` when somebody looks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import lru_cache

from mailtui.maillog.causes import classify
from mailtui.maillog.model import Attempt, Event, LineRef, Recipient, Story, Verdict

MAX_LINES = 2_000
MAX_RECIPIENTS = 20_000
"""A message's lines and recipients beyond this are counted on, but not kept."""

_FAILED = frozenset({"deferred", "bounced", "expired", "rejected", "undeliverable"})
_ENDED = frozenset({"sent", "bounced", "expired", "forwarded", "filtered", "discarded", "deleted", "rejected"})
_OUTCOMES = {
    "sent": "delivered",
    "forwarded": "delivered",
    "filtered": "queued",
    "deferred": "deferred",
    "bounced": "bounced",
    "expired": "expired",
    "rejected": "rejected",
    "held": "held",
    "discarded": "discarded",
    "deleted": "discarded",
}


@dataclass(slots=True)
class RecipientRecord:
    """One recipient so far."""

    to: str
    orig_to: str
    status: str = "queued"
    mailbox: str = ""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether another attempt may come."""
        return self.status not in _ENDED

    def snapshot(self, service: str) -> Recipient:
        """The recipient as it stands."""
        last = self.attempts[-1] if self.attempts else None
        dsn, relay, reason = (last.dsn, last.relay, last.reason) if last else ("", "", "")
        verdict: Verdict | None = None
        if self.status in _FAILED:
            verdict = classify(reason, dsn=dsn, service=service)
        return Recipient(
            self.to, self.orig_to, self.status, dsn, relay, reason, verdict, self.mailbox, tuple(self.attempts)
        )


@dataclass(slots=True)
class Record:
    """One message so far: one queue ID's life, or several when a filter or requeue passed it on."""

    key: str
    host: str
    instance: str
    queue_ids: list[str]
    last: float
    message_ids: list[str] = field(default_factory=list)
    sender: str | None = None
    size: int | None = None
    client: str = ""
    sasl_username: str = ""
    arrived: float | None = None
    ended: float | None = None
    state: str = ""
    """``held`` or ``discarded`` as a whole; ``""`` otherwise."""
    recipients: dict[tuple[str, str], RecipientRecord] = field(default_factory=dict)
    bounces: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    lines: list[tuple[str, int, str]] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    """Queue IDs whose end has not been seen."""

    def add_line(self, event: Event) -> LineRef:
        """Keep the line; its place is returned."""
        text = line_text(event)
        if len(self.lines) < MAX_LINES:
            self.lines.append((event.source, event.offset, text))
        if event.time is not None and event.time > self.last:
            self.last = event.time
        return LineRef(event.source, event.offset, text)

    def expected(self, to: str, orig_to: str) -> RecipientRecord | None:
        """The record of a recipient; behind a content filter ``orig_to`` is no longer known."""
        found = self.recipients.get((to, orig_to))
        if found is None and not orig_to:
            passed = (r for r in self.recipients.values() if r.to == to and r.status == "filtered")
            found = next(passed, None)
        return found

    def recipient(self, to: str, orig_to: str) -> RecipientRecord | None:
        """The record of a recipient, made if it is new; None past the bound."""
        found = self.expected(to, orig_to)
        if found is None and len(self.recipients) < MAX_RECIPIENTS:
            found = self.recipients[to, orig_to] = RecipientRecord(to, orig_to)
        return found

    def outcome(self) -> str:
        """One word for all recipients."""
        if self.state and not any(r.status == "sent" for r in self.recipients.values()):
            return self.state
        words = {_OUTCOMES.get(recipient.status, "queued") for recipient in self.recipients.values()}
        if not words:
            return "queued"
        return words.pop() if len(words) == 1 else "mixed"

    def snapshot(self) -> Story:
        """The story as it stands."""
        service = "smtpd" if self.state == "rejected" else ""
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
            recipients=tuple(recipient.snapshot(service) for recipient in self.recipients.values()),
            bounces=tuple(self.bounces),
            parents=tuple(self.parents),
            lines=tuple(LineRef(*line) for line in self.lines),
        )


def line_text(event: Event) -> str:
    """The line again, as syslog would write it, in local time."""
    head = f"{event.program}[{event.pid}]" if event.pid is not None else event.program
    stamp = _stamp(int(event.time)) if event.time is not None else ""
    host = f"{event.host} " if event.host else ""
    return f"{stamp} {host}{head}: {event.text}" if head else f"{stamp} {host}{event.text}"


@lru_cache(maxsize=1024)
def _stamp(second: int) -> str:
    return time.strftime("%b %e %H:%M:%S", time.localtime(second))


def attempt_of(event: Event, line: LineRef) -> Attempt:
    """One delivery status line."""
    fields = event.fields
    return Attempt(
        time=event.time or 0.0,
        status=fields.get("status", "").lower(),
        dsn=fields.get("dsn", ""),
        relay=fields.get("relay", ""),
        delay=_number(fields.get("delay", "")),
        delays=_delays(fields.get("delays", "")),
        tls=fields.get("tls", ""),
        reason=fields.get("reason", ""),
        conn_use=int(_number(fields.get("conn_use", "1"))),
        line=line,
    )


def _delays(text: str) -> tuple[float, float, float, float] | None:
    parts = text.split("/")
    if len(parts) != 4:
        return None
    before, queued, connecting, sending = map(_number, parts)
    return before, queued, connecting, sending


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
