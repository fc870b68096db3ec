"""What of queued messages is copied and saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailtui.screens.base import Copyable
from mailtui.screens.queue.cells import recipients, sender
from mailtui.services.postfix.queue.model import QueueEntry


def copyables(chosen: Sequence[QueueEntry], where: str = "") -> tuple[Copyable, ...]:
    """What messages are called, and the filter that found them."""
    return (
        Copyable.each("queue ID", (entry.queue_id for entry in chosen)),
        Copyable.each("message-id", (entry.message_id for entry in chosen)),
        Copyable.each("sender", (entry.sender for entry in chosen)),
        Copyable.each("recipient", (address for entry in chosen for address in entry.addresses)),
        Copyable.each("reason", (entry.reason for entry in chosen)),
        Copyable("filter", where),
    )


def table_text(entries: Iterable[QueueEntry]) -> str:
    """One message a line, its columns between tabs."""
    return "\n".join(map(_line, entries))


def _line(entry: QueueEntry) -> str:
    facts = (entry.queue_id, entry.queue_name, f"{entry.arrival_time:.0f}", str(entry.message_size))
    return "\t".join((*facts, sender(entry), recipients(entry), entry.reason))
