"""Going through many lines, a fraction of a second at a time so that it can be shown and given up."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mailtui.maillog.parser import Parser
from mailtui.screens.log.levels import LineTest
from mailtui.screens.log.lines import Lines, Span, cuts, each_line
from mailtui.screens.log.shown import MOST


def accepted(test: LineTest, source: str, rows: Sequence[tuple[int, bytes]]) -> list[int]:
    """The numbers of the lines that pass. Dates without a year need lines in their order: a parser of its own."""
    parser = Parser(source)
    return [number for number, data in rows if test.quick(data.lower()) and test.accepts(parser.parse(data))]


class Scan:
    """All lines between two bounds that pass a test, newest first; ``low`` None goes down to the very first."""

    def __init__(self, lines: Lines, source: str, test: LineTest, low: int | None, high: int) -> None:
        self._lines = lines
        self._source = source
        self._test = test
        self._low = low
        self.at = self._high = high
        """All lines from here on have been gone through."""
        self._found: list[int] = []
        self._count = 0

    @property
    def passed(self) -> int:
        """Lines gone through."""
        return self._high - self.at

    def take(self) -> list[int]:
        """What was found since the last call, newest first."""
        found, self._found = self._found, []
        return found

    def step(self, seconds: float) -> bool:
        """Go on for about so long; whether all is done."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            low = self._lines.first if self._low is None else max(self._low, self._lines.first)
            if self._count >= MOST:
                return True
            if self.at > low:
                self._go_through(Span(self._lines, *next(cuts(self._lines, low, self.at))))
            elif self._low == low or self._lines.counted:
                return True
            else:
                self._lines.count()
        return False

    def _go_through(self, span: Span) -> None:
        self.at = span.start
        if self._test.quick(span.data.lower()):
            found = accepted(self._test, self._source, span.rows)
            self._count += len(found)
            self._found += reversed(found)


class Seek:
    """The first of some lines, in their order, that passes a test."""

    def __init__(self, lines: Lines, source: str, test: LineTest, numbers: Sequence[int]) -> None:
        self._batches = each_line(lines, numbers, test.quick)
        self._source = source
        self._test = test
        self.found: int | None = None

    def step(self, seconds: float) -> bool:
        """Go on for about so long; whether it has ended."""
        deadline = time.monotonic() + seconds
        for rows in self._batches:
            found = accepted(self._test, self._source, rows)
            if found:
                self.found = found[0]
                return True
            if time.monotonic() > deadline:
                return False
        return True
