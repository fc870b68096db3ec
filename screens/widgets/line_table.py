"""A table of any length whose rows have keys: an update keeps the cursor on its row and repaints what changed.

Until the operator has moved the cursor it stays on the first row, whichever that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from mailtui.screens.widgets.line_view import LineView


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Room that is left goes to those that ``grow``, in that proportion."""

    name: str
    title: str
    width: int
    grow: int = 0
    right: bool = False
    """Numbers stand at the right edge."""
    only_from: int = 0
    """Shown in tables at least this wide."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; its key names it across updates."""

    key: str
    cells: tuple[Content, ...]

    def is_same(self, other: TableRow) -> bool:
        """Whether it looks the same; ``Content`` compares without its colours."""
        return self.key == other.key and all(map(Content.is_same, self.cells, other.cells))


class LineTable(LineView):
    """Rows under a header line."""

    DEFAULT_CSS = "LineTable { padding: 0 1; }"

    header_height = 1

    class Opened(Message):
        """A row was opened."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, columns: Sequence[Column], *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._empty = empty
        self._rows: tuple[TableRow, ...] = ()

    @property
    def line_count(self) -> int:
        """One a row; one that says that there is none."""
        return len(self._rows) or int(bool(self._empty))

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor."""
        return self._rows[self.cursor].key if self._rows else None

    def update_rows(self, rows: Sequence[TableRow]) -> None:
        """Show these rows in this order; the cursor follows its row."""
        old, self._rows = self._rows, tuple(rows)
        if [row.key for row in old] == [row.key for row in self._rows]:
            changed = [i for i, row in enumerate(self._rows) if not row.is_same(old[i])]
            if changed:
                self.lines_changed(*changed)
            return
        key = old[self.cursor].key if old and self.held else None
        self.lines_changed()
        self.cursor = next((i for i, row in enumerate(self._rows) if row.key == key), self.cursor if self.held else 0)

    def say_when_empty(self, text: str) -> None:
        """What stands where rows would."""
        if text != self._empty:
            self._empty = text
            self.lines_changed()

    def line(self, index: int) -> Content:
        """The cells of a row, side by side."""
        if not self._rows:
            return Content.styled(self._empty, "$text-muted")
        return self._beside(self._rows[index].cells)

    def header(self) -> Content:
        """The titles."""
        return self._beside(tuple(Content(column.title) for column in self._columns))

    def open_line(self, index: int) -> None:
        """Say which row."""
        if self._rows:
            self.post_message(self.Opened(self._rows[index].key))

    def _beside(self, cells: Sequence[Content]) -> Content:
        widths = self._widths()
        return Content(" ").join(
            _fitted(cell, widths[column.name], right=column.right)
            for column, cell in zip(self._columns, cells, strict=True)
            if column.name in widths
        )

    def _widths(self) -> dict[str, int]:
        room = self.scrollable_content_region.width
        shown = [column for column in self._columns if room >= column.only_from]
        left = max(0, room - sum(column.width + 1 for column in shown) + 1)
        shares = sum(column.grow for column in shown) or 1
        return {column.name: column.width + left * column.grow // shares for column in shown}


def _fitted(cell: Content, width: int, *, right: bool) -> Content:
    if cell.cell_length > width:
        return cell.truncate(width, ellipsis=True)
    return cell.pad_left(width - cell.cell_length) if right else cell.pad_right(width - cell.cell_length)
