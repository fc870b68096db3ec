"""Queue IDs told apart without keeping them all.

A queue ID is named again soon or never: Postfix logs what becomes of a message within one attempt, and whoever waits
for another attempt is remembered apart (``incident_waiting``).
"""

from __future__ import annotations

KEPT = 1_000
"""Queue IDs told apart; one that comes back after so many others counts again."""


class KnownIDs:
    """How many different queue IDs there were."""

    def __init__(self) -> None:
        self._latest: dict[str, None] = {}
        self._forgotten = 0

    def __len__(self) -> int:
        return self._forgotten + len(self._latest)

    def add(self, queue_id: str) -> None:
        """One that was named."""
        self._latest.pop(queue_id, None)
        self._latest[queue_id] = None
        if len(self._latest) > KEPT:
            del self._latest[next(iter(self._latest))]
            self._forgotten += 1

    def join(self, other: KnownIDs) -> None:
        """Those of another group as well; those of both count once, as far as they are still told apart."""
        self._latest |= other._latest
        self._forgotten += other._forgotten
