"""The values of the log engine: what one line says, what one message went through, what fails and why.

``Event`` is a ``NamedTuple`` because millions are made; everything else is a frozen dataclass.
All times are seconds since the epoch (UTC); a line without a readable header has ``None``.
Texts are as logged: cleaning for a terminal is done where a screen or a receipt is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

UNKNOWN = "unknown"
"""Event name of a line whose header was read but whose text no rule knows."""

UNPARSED = "unparsed"
"""Event name of a line in which not even a header was found."""

STRANGE = frozenset({UNKNOWN, UNPARSED, "other"})
"""Event names of lines that tell nothing of mail; ``other``: of a program that has nothing to do with it."""
ENOUGH = 20
"""So many lines that all are strange are no mail log."""

NOQUEUE = "NOQUEUE"


class Event(NamedTuple):
    """One log line, typed."""

    source: str
    """The file (or ``journal``, ``-``) the line came from."""
    offset: int
    """Byte offset of the line's first byte in the uncompressed source."""
    time: float | None
    host: str
    program: str
    """As logged: ``postfix/submission/smtpd``, ``dovecot``, ``amavis``."""
    instance: str
    """First part of Postfix's ``syslog_name`` (``postfix``, ``postfix-out``); ``""`` for others."""
    service: str
    """What stands between instance and daemon: ``submission``, ``10025``; for Dovecot the service."""
    daemon: str
    """Last component: ``smtpd``, ``qmgr``; for Dovecot ``imap-login``, ``lmtp``, ``auth``, …"""
    pid: int | None
    severity: str
    """``info`` unless logged otherwise: ``debug warning error fatal panic``."""
    queue_id: str
    """A queue ID, ``NOQUEUE`` or ``""``."""
    event: str
    """What happened: a name of ``mailtui/maillog/events.md``, or ``unknown`` or ``unparsed``."""
    fields: Mapping[str, str]
    """The event's own fields, named as the log names them (``to``, ``orig_to``, ``relay``, …)."""
    text: str
    """The line after its header; the whole line when ``unparsed``."""


@dataclass(frozen=True, slots=True)
class LineRef:
    """Where a line stands, and the line."""

    source: str
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a status or reject text means: one rule of ``causes.toml`` applied."""

    rule: str
    cause: str
    who: str
    """Who must act: ``us remote recipient sender wait``, several joined by `` / ``."""
    meaning: str
    action: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery attempt for one recipient (one status line)."""

    time: float
    status: str
    dsn: str
    relay: str
    delay: float
    delays: tuple[float, float, float, float] | None
    """Seconds: before the queue manager, in it, connection set-up, transmission."""
    tls: str
    reason: str
    conn_use: int
    line: LineRef


FAILED = frozenset({"deferred", "held", "bounced", "expired", "rejected", "undeliverable"})
"""Of what may become of a message for a recipient, where it does not get it or not yet."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of a message for one recipient."""

    to: str
    orig_to: str
    status: str
    """``sent deferred bounced expired forwarded filtered held discarded deleted rejected queued``."""
    dsn: str
    relay: str
    reason: str
    verdict: Verdict | None
    mailbox: str
    """Where Dovecot saved it, when the log tells."""
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One message across queue IDs, content filters, forwards, bounces, requeues and Dovecot."""

    key: str
    """Unique and stable within one log: host, instance, first queue ID and its generation."""
    host: str
    instance: str
    queue_ids: tuple[str, ...]
    message_ids: tuple[str, ...]
    sender: str | None
    """Envelope sender; ``""`` is the null sender, ``None`` not seen."""
    size: int | None
    client: str
    """``name[address]`` of the SMTP client, ``local`` for pickup, ``""`` when not seen."""
    sasl_username: str
    arrived: float | None
    ended: float | None
    outcome: str
    """``delivered deferred bounced expired rejected held discarded queued mixed``."""
    recipients: tuple[Recipient, ...]
    bounces: tuple[str, ...]
    """Queue IDs of the notifications this message caused."""
    parents: tuple[str, ...]
    """Queue IDs this message came from (notification of, forward of)."""
    lines: tuple[LineRef, ...]

    @property
    def failed(self) -> tuple[Recipient, ...]:
        """Those it has not reached: it was refused, came back, or waits."""
        return tuple([one for one in self.recipients if one.status in FAILED])


@dataclass(frozen=True, slots=True)
class Incident:
    """Failures with one cause."""

    id: str
    cause: str
    title: str
    who: str
    action: str
    severity: str
    """``error`` we must act, ``warning`` somebody must, ``notice`` passes by itself."""
    count: int
    messages: int
    recipients: int
    first: float
    last: float
    samples: tuple[LineRef, ...]
    queue_ids: tuple[str, ...]
    """The latest queue IDs hit (bounded), newest first."""
