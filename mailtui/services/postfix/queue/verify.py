"""Whether the messages of a plan are still those that the operator saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailtui.changes.plan import Missed, Target
from mailtui.services.postfix.queue.model import QueueEntry, QueueListing

GONE = "it has left the queue"
ANOTHER = "another message has this queue ID now"
Objection = Callable[[QueueEntry], str]
"""Why a message needs nothing done; ``""`` when it does."""


def verified(
    targets: Sequence[Target], listing: QueueListing, objection: Objection = lambda _entry: ""
) -> tuple[tuple[QueueEntry, ...], tuple[Missed, ...]]:
    """The messages to touch, and those that must not be, with the reason."""
    queued = {entry.queue_id: entry for entry in listing.entries}
    present, skipped = [], []
    for target in targets:
        entry = queued.get(target.name)
        why = GONE if entry is None else ANOTHER if entry.target().identity != target.identity else objection(entry)
        if why or entry is None:
            skipped.append(Missed(target.name, why))
        else:
            present.append(entry)
    return tuple(present), tuple(skipped)
