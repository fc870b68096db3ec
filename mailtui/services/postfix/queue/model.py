"""The values of the mail queue, named as in ``postqueue -j`` (postqueue(1), "JSON object format").

Every text is cleaned for display where the value is made. Times are seconds since the epoch, sizes bytes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from mailtui.changes.plan import Json, Target

Part = Literal["envelope", "headers", "body", "all"]

QUEUES = ("incoming", "active", "deferred", "hold", "maildrop", "corrupt")
"""The queues there are; postqueue lists all but the last."""


@dataclass(frozen=True, slots=True)
class QueueRecipient:
    """One recipient that the message still waits for."""

    address: str
    delay_reason: str = ""
    """What the last attempt met; ``""`` before the first one."""
    orig_address: str = ""
    """Before aliases and rewriting; Postfix 3.11 and later tell it."""
    bounce_reason: str = ""
    """Why it will be returned; Postfix 3.11 and later tell it."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One message in the queue: what postqueue tells of it, then what log, queue file and configuration add."""

    queue_name: str
    queue_id: str
    """Checked to be made of letters and digits, so that it is no option of the tool it is handed to."""
    arrival_time: float
    message_size: int
    sender: str
    """``""`` is the null sender, which postqueue calls ``MAILER-DAEMON``."""
    recipients: tuple[QueueRecipient, ...] = ()
    forced_expire: bool = False
    """Whether an operator has expired it: it is returned to its sender at the next attempt."""
    client: str = ""
    """``name[address]`` it came from, ``local`` for the sendmail command; ``""`` where not known."""
    sasl_username: str = ""
    message_id: str = ""
    attempts: int | None = None
    """Delivery attempts seen in the log; None where the log does not reach back to its arrival."""
    last_attempt: float | None = None
    next_attempt: float | None = None
    """Not before then; None for what is not tried by itself (hold) or being tried now."""
    expires: float | None = None
    """From then on a failed attempt returns it to its sender."""
    cause: str = ""
    """What the reason means in a few words (``maillog.causes``); of the first recipient that has one."""
    transport: str = ""
    """The delivery agent that tried it last: ``smtp``, ``lmtp``, ``virtual``."""
    relay: str = ""
    """``name[address]:port`` of the last attempt."""

    @property
    def told(self) -> tuple[object, ...]:
        """All that postqueue tells of it."""
        return (
            self.queue_name,
            self.queue_id,
            self.arrival_time,
            self.message_size,
            self.sender,
            self.recipients,
            self.forced_expire,
        )

    @property
    def learned(self) -> tuple[object, ...]:
        """All that log, queue file and configuration add, in the order of the fields."""
        return (
            self.client,
            self.sasl_username,
            self.message_id,
            self.attempts,
            self.last_attempt,
            self.next_attempt,
            self.expires,
            self.cause,
            self.transport,
            self.relay,
        )

    @property
    def is_bounce(self) -> bool:
        """Whether it has the null sender: a notification, for which nothing is ever returned."""
        return not self.sender

    @property
    def reason(self) -> str:
        """Why the first recipient that was tried still waits."""
        for recipient in self.recipients:
            if recipient.delay_reason:
                return recipient.delay_reason
        return ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The recipients' addresses."""
        return tuple([recipient.address for recipient in self.recipients])

    def age(self, now: float | None = None) -> float:
        """Seconds since it arrived, never negative."""
        return max(0.0, (time.time() if now is None else now) - self.arrival_time)

    def target(self) -> Target:
        """The message as a change is bound to it: short queue IDs are used again, these four together are not."""
        identity: dict[str, Json] = {
            "arrival_time": self.arrival_time,
            "sender": self.sender,
            "message_size": self.message_size,
        }
        recipient = self.recipients[0].address if self.recipients else "nobody"
        more = f" and {len(self.recipients) - 1} more" if len(self.recipients) > 1 else ""
        return Target(self.queue_id, identity, f"{self.queue_id}  <{self.sender}> → <{recipient}>{more}")


@dataclass(frozen=True, slots=True)
class QueueListing:
    """The queue as it was read."""

    entries: tuple[QueueEntry, ...]
    """In the order of postqueue: queue by queue, not sorted by time."""
    problems: tuple[str, ...] = ()
    """What could not be read or understood, one sentence each."""
    read_at: float = 0.0
    """When reading began."""
    source: str = "postqueue -j"
    """The command it came from."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a message that is not shown as text."""

    type: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """One queued message as postcat(1) shows it."""

    queue_id: str
    queue_name: str
    part: Part
    envelope: tuple[tuple[str, str], ...] = ()
    """Envelope records in their order: ``sender``, ``recipient``, ``client_address``, ``sasl_username``, …"""
    headers: tuple[tuple[str, str], ...] = ()
    """Name and value as they stand in the message, folded lines joined."""
    decoded: tuple[tuple[str, str], ...] = ()
    """The same with RFC 2047 words decoded."""
    body: str = ""
    """The text of its text parts, decoded; lines end in a newline."""
    attachments: tuple[Attachment, ...] = ()
    truncated: bool = False
    """Whether the message is longer than what was read."""
    problems: tuple[str, ...] = ()
    """What is damaged or was left out."""

    def attribute(self, name: str) -> str:
        """The first value of an envelope record; ``""`` where there is none."""
        return next((value for known, value in self.envelope if known == name), "")
