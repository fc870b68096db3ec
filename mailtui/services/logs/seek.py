"""Finding a moment in a log of any size by halving, before its lines have been counted."""

from __future__ import annotations

from collections.abc import Callable

from mailtui.services.logs.blocks import BlockIndex

_TRIES = 64
"""Lines looked at for one that has a time."""


def offset_at(index: BlockIndex, when: float, time_of: Callable[[bytes], float | None]) -> int:
    """Where the first line of the moment ``when`` or later starts; the end of the file if there is none.

    ``time_of`` gives a line's time, or None. Lines a little out of order, as daemons log them, do no harm.
    """
    low, high = 0, index.size
    while low < high:
        middle = (low + high) // 2
        start, time = _next_time(index, middle, high, time_of)
        if time is None or time >= when:
            high = middle
        else:
            low = start + 1
    return index.line_start(low)


def _next_time(
    index: BlockIndex, offset: int, high: int, time_of: Callable[[bytes], float | None]
) -> tuple[int, float | None]:
    """The first line with a time that starts between two offsets."""
    start = index.line_start(offset)
    for _ in range(_TRIES):
        if start >= high:
            break
        line = index.line_from(start)
        if line is None:
            break
        time = time_of(line.data)
        if time is not None:
            return start, time
        start += line.length + 1
    return start, None
