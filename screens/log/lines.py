"""The lines a log view shows, whatever they come from: a file, a packed file, the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from mailtui.services.logs import Change, LogLine

TOGETHER = 2_000
"""Lines read together by what goes through many of them."""
MOST_BYTES = 2**24


class Lines(Protocol):
    """Random access by number; numbers may be negative and stay true while older lines are still being counted."""

    @property
    def first(self) -> int:
        """The lowest number known so far."""

    @property
    def end(self) -> int:
        """One more than the highest."""

    @property
    def counted(self) -> bool:
        """Whether ``first`` is final."""

    @property
    def counted_share(self) -> float:
        """How much is counted, from 0 to 1."""

    def absolute(self, number: int) -> int | None:
        """The number from the very first line, which is 1."""

    def count(self, seconds: float = 0.02) -> bool:
        """Go on counting; whether that is done."""

    def refresh(self) -> Change:
        """Look for new lines."""

    def read_lines(self, start: int, count: int) -> list[LogLine]:
        """Some lines, to be shown."""

    def read_span(self, start: int, stop: int) -> bytes:
        """Many lines, to be gone through."""

    def offset_of(self, number: int) -> int:
        """Where a line starts."""

    def line_at(self, offset: int) -> int:
        """The line that holds a byte."""

    def close(self) -> None:
        """Let go of what is open."""


class Span:
    """Neighbouring lines, read at once."""

    def __init__(self, lines: Lines, start: int, stop: int) -> None:
        self.start = start
        if stop - start > 1 or lines.offset_of(stop) - lines.offset_of(start) <= MOST_BYTES:
            self.data = lines.read_span(start, stop)
        else:
            self.data = b"\n".join(line.data for line in lines.read_lines(start, 1))

    @property
    def rows(self) -> list[tuple[int, bytes]]:
        """The lines with their numbers; the last one may still be growing."""
        rows = self.data.split(b"\n")
        return list(enumerate(rows if rows[-1] else rows[:-1], self.start))


def cuts(lines: Lines, low: int, stop: int) -> Iterator[tuple[int, int]]:
    """The lines from ``low`` up to ``stop`` in parts that can be read at once, the last part first."""
    while stop > low:
        start = max(low, stop - TOGETHER)
        while stop - start > 1 and lines.offset_of(stop) - lines.offset_of(start) > MOST_BYTES:
            start = (start + stop) // 2
        yield start, stop
        stop = start


def each_line(
    lines: Lines, numbers: Sequence[int], quick: Callable[[bytes], bool] = bool
) -> Iterator[list[tuple[int, bytes]]]:
    """The lines of these numbers in their order, some at a time; none where ``quick`` says no to all of them."""
    if not isinstance(numbers, range):
        for number in numbers:
            yield [(line.number, line.data) for line in lines.read_lines(number, 1)]
        return
    for at in range(0, len(numbers), TOGETHER):
        part = numbers[at : at + TOGETHER]
        parts = list(cuts(lines, min(part), max(part) + 1))
        for cut in parts if part.step < 0 else parts[::-1]:
            span = Span(lines, *cut)
            yield span.rows[:: part.step] if quick(span.data.lower()) else []
