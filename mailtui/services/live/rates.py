"""Counts per minute over the last day."""

from __future__ import annotations

from collections import deque

from mailtui.services.live.model import MINUTES, Minute

DELIVERED, DEFERRED, BOUNCED, REJECTED = range(4)


class Rates:
    """A ring of ``MINUTES`` minutes; counts older than the ring are forgotten, not misplaced."""

    def __init__(self) -> None:
        self._ring: deque[list[int]] = deque(maxlen=MINUTES)
        self._first = 0  # minute number of the ring's oldest entry
        self._shown: dict[int, Minute] = {}
        """What was handed out last, by minute number, as far as nothing was counted since."""

    def add(self, time: float, kind: int, count: int = 1) -> None:
        """Count ``count`` ends of ``kind`` at ``time``; ``count`` may be negative to take one back."""
        minute = int(time // 60)
        self._shown.pop(minute, None)
        if not self._ring:
            self._first = minute
        if minute < self._first:
            if not self._grow_back(minute):
                return
        else:
            self._reach(minute)
        self._ring[minute - self._first][kind] += count

    def minutes(self, now: float) -> tuple[Minute, ...]:
        """The ``MINUTES`` minutes that end with the one ``now`` is in, oldest first."""
        last = int(now // 60)
        before = self._shown
        wanted = range(last - MINUTES + 1, last + 1)
        self._shown = {number: before.get(number) or self._minute(number) for number in wanted}
        return tuple(self._shown.values())

    def _minute(self, number: int) -> Minute:
        at = number - self._first
        counts = self._ring[at] if 0 <= at < len(self._ring) else (0, 0, 0, 0)
        return Minute(number * 60.0, *counts)

    def _reach(self, minute: int) -> None:
        missing = minute - (self._first + len(self._ring)) + 1
        if missing >= MINUTES:  # a jump past the whole ring
            self._ring.clear()
            self._shown.clear()
            self._first, missing = minute, 1
        for _ in range(missing):
            if len(self._ring) == MINUTES:
                self._first += 1
            self._ring.append([0, 0, 0, 0])

    def _grow_back(self, minute: int) -> bool:
        missing = self._first - minute
        if len(self._ring) + missing > MINUTES:
            return False
        self._ring.extendleft([0, 0, 0, 0] for _ in range(missing))
        self._first = minute
        return True
