"""The lines of the logs in blocks (of a window only, where one is given), and when the first and last were logged."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from mailtui.maillog.header import Stamps
from mailtui.maillog.report.window import Sieve, Window
from mailtui.maillog.scan import Part, blocks

_STAMPLESS = 1000
"""So many lines are looked at for a stamp at either end of a file."""


class LogLines:
    """Reads parts of logs one after the other."""

    def __init__(self, window: Window | None = None) -> None:
        self._window = window
        self.first: float | None = None
        self.last: float | None = None

    def of(self, part: Part) -> Iterator[Sequence[str]]:
        """The lines of one part, block by block."""
        newest = newest_time(part.path)
        sieve = Sieve(self._window, Stamps(now=newest)) if self._window else None
        stamps = Stamps(now=newest)
        lines: Sequence[str] = ()
        for block in blocks(part):
            lines = block.split("\n")
            if sieve:
                lines = sieve.select(lines)
            if self.first is None:
                self.first = _first_time(stamps, lines)
            yield lines
        self.last = _first_time(stamps, reversed(lines)) or self.last


def _first_time(stamps: Stamps, lines: Sequence[str] | Iterator[str]) -> float | None:
    times = (stamps.read(line) for line in islice(lines, _STAMPLESS))
    return next((time for time in times if time is not None), None)


def newest_time(path: Path) -> float:
    """No line is later than the last change of its file; a stream's, than now."""
    return clock.time() if str(path) == "-" else path.stat().st_mtime


def oldest_first(paths: Sequence[Path]) -> list[Path]:
    """The logs in the order they were written, as far as their first lines tell."""
    times = [_begins(path) for path in paths]
    if any(time is None for time in times):
        return list(paths)
    order = sorted(zip(times, range(len(paths)), strict=True), key=lambda pair: (pair[0] or 0.0, pair[1]))
    return [paths[number] for _, number in order]


def _begins(path: Path) -> float | None:
    if str(path) == "-":
        return None
    for block in blocks(Part(path)):
        return _first_time(Stamps(now=newest_time(path)), iter(block.split("\n")))
    return 0.0
