"""Which lines of a log are shown: between two bounds, all or those a filter let through.

What stands in row ``n`` of the view is line ``number(n)``. Found lines are kept as plain numbers, 8 bytes each.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

MOST = 1_000_000
"""Lines a filter may let through; the newest are kept."""


class Shown:
    """Rows to line numbers and back."""

    def __init__(self, first: int, end: int) -> None:
        self._first = first
        self._end = end
        self.low: int | None = None
        """No line before this one is shown."""
        self.high: int | None = None
        """Nor this one or any after it."""
        self.filtered = False
        self._older = array("q")  # newest first, for older ones are found last
        self._newer = array("q")

    def __len__(self) -> int:
        return len(self._older) + len(self._newer) if self.filtered else max(0, self.stop - self.start)

    @property
    def start(self) -> int:
        """The lowest number within the bounds."""
        return self._first if self.low is None else max(self._first, self.low)

    @property
    def stop(self) -> int:
        """One more than the highest within the bounds."""
        return self._end if self.high is None else min(self._end, self.high)

    @property
    def full(self) -> bool:
        """Whether the filter let through more than is kept."""
        return len(self._older) >= MOST

    def number(self, row: int) -> int:
        """The line in a row."""
        if not self.filtered:
            return self.start + row
        back = len(self._older)
        return self._older[back - 1 - row] if row < back else self._newer[row - back]

    def row(self, number: int) -> int:
        """The row of a line, or of the next one that is shown."""
        if not self.filtered:
            return max(0, min(number - self.start, len(self) - 1))
        back = len(self._older)
        if self._newer and number >= self._newer[0]:
            return min(back + bisect_left(self._newer, number), len(self) - 1)
        return max(0, min(back - bisect_right(self._older, -number, key=int.__neg__), len(self) - 1)) if back else 0

    def numbers(self, row: int, by: int) -> Sequence[int]:
        """The lines after a row, or those before it, nearest first."""
        if not self.filtered:
            number = self.start + row
            return range(number + 1, self.stop) if by > 0 else range(number - 1, self.start - 1, -1)
        every = array("q", reversed(self._older)) + self._newer
        return every[row + 1 :] if by > 0 else every[:row][::-1]

    def filter(self, on: bool) -> None:
        """Begin to collect what a filter lets through, or show everything."""
        self.filtered = on
        self._older, self._newer = array("q"), array("q")

    def found_older(self, numbers: Iterable[int]) -> None:
        """Lines before all that were found so far, newest first."""
        self._older.extend(numbers)
        del self._older[MOST:]

    def found_newer(self, numbers: Iterable[int]) -> None:
        """Lines after all that were found so far, oldest first."""
        self._newer.extend(numbers)

    def know(self, first: int, end: int) -> int:
        """There are lines from ``first`` up to ``end``; answers by how many rows those shown have moved down."""
        start = self.start
        self._first, self._end = first, end
        return 0 if self.filtered else start - self.start
