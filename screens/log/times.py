"""Moments and lines: which lines lie between two times."""

from __future__ import annotations

from mailtui.maillog.header import Stamps
from mailtui.screens.log.lines import Lines
from mailtui.services.logs import BlockIndex, offset_at

WINDOWS = (("1m", 60), ("5m", 300), ("15m", 900), ("1h", 3600), ("6h", 21600), ("1d", 86400), ("all", 0))
"""Name and seconds before the last line."""
_TRIES = 64
"""Lines at the end that are looked at for one with a time."""


def time_of(data: bytes) -> float | None:
    """When a line was logged."""
    return Stamps().read(data.decode("utf-8", "surrogateescape"))


def last_time(lines: Lines) -> float | None:
    """When the last line was logged."""
    times = (time_of(line.data) for line in reversed(lines.read_lines(lines.end - _TRIES, _TRIES)))
    return next((time for time in times if time is not None), None)


def line_of_moment(lines: Lines, when: float) -> int:
    """The first line of a moment or later; ``end`` where there is none. Counts down to it."""
    if isinstance(lines, BlockIndex):
        offset = offset_at(lines, when, time_of)
        return lines.end if offset >= lines.size else lines.line_at(offset)
    for line in lines.read_lines(lines.first, lines.end - lines.first):
        time = time_of(line.data)
        if time is not None and time >= when:
            return line.number
    return lines.end
