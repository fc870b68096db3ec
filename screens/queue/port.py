"""What the queue's screens ask of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtui.changes.plan import Plan
    from mailtui.services.postfix.queue.model import Part, QueueEntry, QueueListing, QueueMessage


class QueuePort(Protocol):
    """What waits to be delivered; all of it may run tools."""

    def read(self) -> QueueListing:
        """What postqueue tells, at once."""

    def list(self, *, thorough: bool = False) -> QueueListing:
        """What postqueue tells, and what log and configuration know; ``thorough`` searches the log's files."""

    def beside(self) -> Sequence[str]:
        """What no listing tells of: damaged files, other instances; a sentence each."""

    def show(self, queue_id: str, part: Part = "all") -> QueueMessage:
        """One message."""

    def why(self, entry: QueueEntry) -> str:
        """Why it is here and when it is tried again."""


class QueuePlansPort(Protocol):
    """What can be done to queued mail, as plans; making one may run tools."""

    def hold(self, entries: Sequence[QueueEntry]) -> Plan:
        """Keep these from being delivered."""

    def release(self, entries: Sequence[QueueEntry]) -> Plan:
        """Let these go on."""

    def requeue(self, entries: Sequence[QueueEntry]) -> Plan:
        """Put these through cleanup again."""

    def deliver(self, entries: Sequence[QueueEntry]) -> Plan:
        """Try these now."""

    def flush(self, site: str | None = None) -> Plan:
        """Try everything deferred now, or all of it for a site."""

    def expire(self, entries: Sequence[QueueEntry]) -> Plan:
        """Return these at their next attempt."""

    def delete(self, entries: Sequence[QueueEntry]) -> Plan:
        """Take these out of the queue."""

    def hold_rule(self, kind: str, value: str, seconds: float) -> Plan:
        """Hold new mail of a ``sender``, to a ``recipient_domain`` or of a ``sasl_username`` for so long."""

    def compromised(self, sasl_username: str, entries: Sequence[QueueEntry]) -> Plan:
        """Stop a user whose account others use; ``entries`` is the whole queue."""
