"""How far each log has been followed: what a wider window must read on to before it may take over."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.services.logs import Position

NOWHERE = Position((0, 0), 0)
"""The place in a file that is not there yet: all of it will be followed."""


@dataclass(slots=True)
class Span:
    """Lines next to each other in one file."""

    identity: tuple[int, int]
    start: int
    end: int


class FileTrail:
    """The stretches of a log's files that following has handed out, in order; the last one grows."""

    def __init__(self, start: Position) -> None:
        """``start`` is where following begins."""
        self.start = start
        self.spans = [Span(start.identity, start.offset, start.offset)]

    def add(self, identity: tuple[int, int], start: int, end: int) -> None:
        """Following has come from ``start`` to ``end``; elsewhere than before after a rotation or truncation."""
        last = self.spans[-1]
        # The end of a file may lack the newline that was counted.
        if identity == last.identity and last.end - start in (0, 1):
            last.end = end
        else:
            self.spans.append(Span(identity, start, end))


class JournalTrail:
    """The newest entry followed, by its time in microseconds: journalctl tells of no other order."""

    def __init__(self) -> None:
        self.cursor = ""
        """After which entry following begins."""
        self.stamp = 0
        """The newest entry in the book."""
        self._known = 0

    def settle(self, stamp: int, cursor: str) -> None:
        """A window that ends with this entry is the book now."""
        self._known = stamp
        self.stamp = max(self.stamp, stamp)
        self.cursor = self.cursor or cursor

    def is_new(self, stamp: int) -> bool:
        """Whether the entry followed is not in the book yet; from the first new one on all are."""
        if stamp <= self._known:
            return False
        self._known = 0  # the clock may be set back
        self.stamp = stamp
        return True


Trail = FileTrail | JournalTrail
