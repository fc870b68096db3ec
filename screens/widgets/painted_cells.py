"""Cells that were painted are remembered: while mail flows, a row differs in a number or two from one look to the next.

To paint a row whole takes some ten times as long as to put its painted cells together.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.content import Content, Span
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from mailtui.screens.painted import Painted
from mailtui.screens.widgets.columns import Column, fitted

CACHED_CELLS = 1_000
"""Two pages of a wide table."""

_Key = tuple[str, tuple[Span, ...], Column, int, Style]


class PaintedCells:
    """The latest cells of one table; not as strips, each of which is a kilobyte of caches that are empty."""

    def __init__(self, table: Widget) -> None:
        self._table = table
        self._cells = Painted[_Key, tuple[Segment, ...]](CACHED_CELLS)

    def clear(self) -> None:
        """Another theme: the same names of colours mean others."""
        self._cells.clear()

    def row(self, placed: Iterable[tuple[Content, Column, int]], style: Style) -> Strip:
        """Cells in columns of that width, side by side with a blank between; parts that look alike are one."""
        segments: list[Segment] = []
        total, blank = 0, Segment(" ", style.rich_style)
        for cell, column, width in placed:
            if segments:
                segments.append(blank)
                total += 1
            segments += self._painted(cell, column, width, style)
            total += width
        return Strip(Segment.simplify(segments), total)

    def _painted(self, cell: Content, column: Column, width: int, style: Style) -> tuple[Segment, ...]:
        key = (cell.plain, tuple(cell.spans), column, width, style)
        painted = self._cells.get(key)
        if painted is None:
            painted = self._cells[key] = self._paint(fitted(cell, column, width), width, style)
        return painted

    def _paint(self, cell: Content, width: int, style: Style) -> tuple[Segment, ...]:
        strips = Visual.to_strips(self._table, cell, width, 1, style) if width else []
        return _without_places(strips[0]) if strips else (Segment(" " * width, style.rich_style),)


def _without_places(strip: Strip) -> tuple[Segment, ...]:
    """Textual notes in each style where its text stood, for selecting with the mouse: no two would look alike."""
    return tuple(Segment(text, look and look.clear_meta_and_links()) for text, look, _ in strip)
