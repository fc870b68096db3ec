"""A small grid of facts, each of which can be opened: the panels of the Overview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from mailtui.screens.messages import Open
from mailtui.screens.targets import Target


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text; with a target it is a stop of the cursor."""

    text: str
    style: str = ""
    target: Target | None = None


Line = tuple[Cell, ...]


class Cells(Widget, can_focus=True):
    """Lines of cells. Arrows walk the cells that lead somewhere, ``enter`` opens one."""

    DEFAULT_CSS = """
    Cells { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDING_GROUP_TITLE = "Numbers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Show what this number counts.", id="cells.open"),
        Binding("right,l", "step(1)", "Next number", show=False, id="cells.next"),
        Binding("left,h", "step(-1)", "Previous number", show=False, id="cells.previous"),
        Binding("down,j", "line(1)", "Line down", show=False, id="cells.down"),
        Binding("up,k", "line(-1)", "Line up", show=False, id="cells.up"),
    ]

    lines: reactive[tuple[Line, ...]] = reactive((), repaint=False)
    cursor: reactive[int] = reactive(0)
    """Index among the cells that have a target."""

    def render(self) -> Content:
        """All lines, the cell under the cursor reversed while focused."""
        under = self._under() if self.has_focus else None
        return Content("\n").join(
            Content.assemble(*((cell.text, self._style(cell, cell is under)) for cell in line)) for line in self.lines
        )

    def watch_lines(self, old: tuple[Line, ...], new: tuple[Line, ...]) -> None:
        """Keep the cursor on a cell that exists; a panel without any is no stop of tab."""
        self.refresh(layout=len(old) != len(new))
        stops = self._stops()
        self.cursor = max(0, min(self.cursor, len(stops) - 1))
        self.can_focus = bool(stops)

    def action_open(self) -> None:
        """Open what is behind the cell under the cursor."""
        cell = self._under()
        if cell is not None and cell.target is not None:
            self.post_message(Open(cell.target))

    def action_step(self, by: int) -> None:
        """To the next or previous cell."""
        self._go(self.cursor + by)

    def action_line(self, by: int) -> None:
        """To the nearest cell of the next line that has one; past the edge to the next panel."""
        stops = self._stops()
        if not stops:
            return
        row, column, _ = stops[self.cursor]
        rows = sorted({stop[0] for stop in stops})
        at = rows.index(row) + by
        if not 0 <= at < len(rows):
            self._leave(by)
            return
        near = [(abs(stop[1] - column), index) for index, stop in enumerate(stops) if stop[0] == rows[at]]
        self.cursor = min(near)[1]

    def on_click(self, event: Click) -> None:
        """Open the cell that was clicked."""
        for index, (row, column, cell) in enumerate(self._stops()):
            if row == event.y and column <= event.x < column + Content(cell.text).cell_length:
                self.cursor = index
                self.action_open()

    def _go(self, index: int) -> None:
        if 0 <= index < len(self._stops()):
            self.cursor = index
        else:
            self._leave(1 if index > 0 else -1)

    def _leave(self, by: int) -> None:
        if by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def _stops(self) -> list[tuple[int, int, Cell]]:
        """Row, column and cell of everything that can be opened."""
        stops = []
        for row, line in enumerate(self.lines):
            column = 0
            for cell in line:
                if cell.target is not None:
                    stops.append((row, column, cell))
                column += Content(cell.text).cell_length
        return stops

    def _under(self) -> Cell | None:
        stops = self._stops()
        return stops[self.cursor][2] if stops else None

    def _style(self, cell: Cell, under: bool) -> str:
        return f"{cell.style} reverse".strip() if under else cell.style
