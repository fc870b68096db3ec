"""One place that is being read: its lines, which of them are shown, what the operator marked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.screens.log.levels import LineTest
from mailtui.screens.log.lines import Lines, each_line
from mailtui.screens.log.places import Place
from mailtui.screens.log.search import accepted
from mailtui.screens.log.shown import Shown
from mailtui.screens.log.times import last_time, line_of_moment
from mailtui.services.logs import Change, LogLine

T = TypeVar("T")


class Bounds(NamedTuple):
    """The stretch of time that is wanted: the last so many seconds, or from and to."""

    seconds: int = 0
    start: float | None = None
    end: float | None = None


class News(NamedTuple):
    """What a look at the file brought."""

    change: Change = Change.SAME
    test: LineTest | None = None
    found: tuple[int, ...] = ()
    """New lines that passed the test."""


class Reading:
    """Closed only when the last thread that reads from it is done."""

    def __init__(self, place: Place, lines: Lines) -> None:
        self.place = place
        self.lines = lines
        self.shown = Shown(lines.first, lines.end)
        self.marks: set[int] = set()
        self.test: LineTest | None = None
        """What new lines must pass to be shown."""
        self._tested = lines.end
        self._guard = threading.Lock()
        self._users = 0
        self._closed = False

    def use(self, function: Callable[[], T]) -> T | None:
        """Run what reads lines, in any thread; None when closed."""
        with self._guard:
            if self._closed:
                return None
            self._users += 1
        try:
            return function()
        finally:
            with self._guard:
                self._users -= 1
                self._close_when_unused()

    def close(self) -> None:
        """Nobody begins to read any more."""
        with self._guard:
            self._closed = True
            self._close_when_unused()

    def line(self, number: int) -> LogLine | None:
        """One line; None when it has left the journal's window or the file."""
        return next(iter(self.lines.read_lines(number, 1)), None)

    def event(self, line: LogLine) -> Event:
        """What a line tells. Lines come in any order here: a parser that knew others might err about the year."""
        return Parser(self.place.name).parse(line.data, line.offset)

    def restart(self, test: LineTest | None) -> int:
        """Show what passes from now on; answers where the lines begin that ``look`` will test."""
        self.test = test
        self.shown.filter(test is not None)
        self._tested = self._whole_end()
        return self._tested

    def rotated(self) -> None:
        """The file is a new one: numbers have started anew."""
        self.shown = Shown(self.lines.first, self.lines.end)
        self.marks.clear()
        self._tested = self.lines.end

    def bound(self, bounds: Bounds) -> tuple[int | None, int | None]:
        """The line numbers of a stretch of time; may count far back."""
        start = bounds.start
        if bounds.seconds:
            last = last_time(self.lines)
            start = last - bounds.seconds if last is not None else None
        low = line_of_moment(self.lines, start) if start is not None else None
        high = line_of_moment(self.lines, bounds.end) if bounds.end is not None else None
        return low, high

    def look(self) -> News:
        """See what has come."""
        test = self.test
        change = self.lines.refresh()
        if change is not Change.GROWN or test is None:
            return News(change)
        start, stop = self._tested, min(self._whole_end(), self.shown.high or self.lines.end)
        parts = each_line(self.lines, range(start, stop), test.quick)
        found = [number for rows in parts for number in accepted(test, self.place.name, rows)]
        if test is self.test:
            self._tested = max(start, stop)
        return News(change, test, tuple(found))

    def _whole_end(self) -> int:
        """One more than the last line that has its newline."""
        end = self.lines.end
        return end if end <= self.lines.first or self.lines.read_span(end - 1, end).endswith(b"\n") else end - 1

    def _close_when_unused(self) -> None:
        if self._closed and not self._users:
            self.lines.close()
