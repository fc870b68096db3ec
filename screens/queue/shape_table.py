"""Numbers by age and group, with a cursor that stands on one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from mailtui.screens.queue.shape_cells import cells, columns
from mailtui.screens.widgets import LineTable, TableRow
from mailtui.services.postfix.queue.shape import Shape


class ShapeTable(LineTable):
    """One row a group, the sum first."""

    BINDING_GROUP_TITLE = "Numbers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "step(1)", "Next number", show=False, id="cells.next"),
        Binding("left,h", "step(-1)", "Previous number", show=False, id="cells.previous"),
    ]

    column: reactive[int] = reactive(1, repaint=False)
    """Index of the column the cursor stands in."""

    class Moved(Message):
        """The cursor stands on another number."""

    def __init__(self, by: str) -> None:
        super().__init__(columns(by), empty="… counting")

    def show(self, shape: Shape, now: float) -> None:
        """Show these counts."""
        self._columns = columns(shape.by)
        self.update_rows([TableRow(str(n), cells(row, now)) for n, row in enumerate((shape.total, *shape.rows))])

    @property
    def cell(self) -> tuple[int | None, str]:
        """Index of the group (None is the sum) and name of the column the cursor stands on."""
        group = int(self.cursor_key or 0)
        return (group - 1 if group else None), self._columns[self.column].name

    def cells(self, index: int) -> Sequence[Content]:
        """A row; the number under the cursor stands out."""
        row = list(super().cells(index))
        if index == self.cursor:
            row[self.column] = Content.styled(row[self.column].plain, "bold reverse")
        return row

    def validate_column(self, column: int) -> int:
        """Stay on numbers that lead somewhere."""
        return max(1, min(column, len(self._columns) - 3))

    def watch_column(self) -> None:
        """Repaint the row."""
        self.lines_changed(self.cursor)
        self.post_message(self.Moved())

    def watch_cursor(self, old: int, new: int) -> None:
        """Another row."""
        super().watch_cursor(old, new)
        self.post_message(self.Moved())

    def action_step(self, by: int) -> None:
        """To the next or previous number."""
        self.column += by
