"""A table of any length whose rows have keys: an update keeps the cursor on its row and repaints what changed.

Until the operator has moved the cursor it stays on the first row, whichever that is. While rows are marked none
changes its place. A filter leaves out rows by what their cells say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from mailtui.filters import EVERYTHING, Filter
from mailtui.screens.widgets.columns import Column, TableRow, as_text, beside, column_at, fields, placed
from mailtui.screens.widgets.line_view import CACHED_STRIPS, LineView
from mailtui.screens.widgets.marks import Marks
from mailtui.screens.widgets.painted_cells import PaintedCells

MARK = "●"
NO_MATCH = "Nothing matches the filter: / changes it."


class LineTable(LineView):
    """Rows under a header line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-table--mark"}
    DEFAULT_CSS = """
    LineTable {
        padding: 0 1 0 0;
        & > .line-table--mark { color: $text-accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", tooltip="Mark this row; copy and save take the marked ones.",
                show=False, id="list.mark"),
        Binding("v", "mark_range", "Mark a range", tooltip="Every row from the one marked last to this one.",
                show=False, id="list.mark-range"),
        Binding("asterisk", "mark_all", "Mark all", tooltip="Every row that is shown.",
                show=False, id="list.mark-all"),
        Binding("U", "unmark", "Unmark all", tooltip="Rows move again, too.", show=False, id="list.unmark"),
    ]  # fmt: skip

    header_height = 1
    gutter_width = 1
    """For the mark."""

    class Opened(Message):
        """A row was opened."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class MarksChanged(Message):
        """Other rows are marked now."""

    class HeaderClicked(Message):
        """The operator wants the rows in the order of a column."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    def __init__(self, columns: Sequence[Column], *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._empty = empty
        self._all: tuple[TableRow, ...] = ()
        self._rows: tuple[TableRow, ...] = ()
        self._where = EVERYTHING
        self._marks = Marks()
        self._painted = PaintedCells(self)
        self._order = ("", "")

    @property
    def line_count(self) -> int:
        """One a row; one that says that there is none."""
        return len(self._rows) or int(bool(self._why_empty))

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor."""
        return self._rows[self.cursor].key if self._rows else None

    @property
    def has_marks(self) -> bool:
        """Whether rows are marked."""
        return bool(self._marks)

    @property
    def chosen_keys(self) -> tuple[str, ...]:
        """Keys of the marked rows as they stand; without any, of the row under the cursor."""
        return self._marks.among(self._rows) or ((self.cursor_key,) if self.cursor_key is not None else ())

    def update_rows(self, rows: Sequence[TableRow]) -> None:
        """Show those of these rows that the filter lets through, in this order; the cursor follows its row."""
        self._all = tuple(rows)
        shown = [row for row in rows if self._where.matches(fields(self._columns, row))] if self._where else rows
        old, self._rows = self._rows, self._in_place(shown) if self._marks else tuple(shown)
        in_place = [row.key for row in old] == [row.key for row in self._rows]
        if in_place or len(old) == len(self._rows) <= CACHED_STRIPS:
            changed = [i for i, row in enumerate(self._rows) if not row.is_same(old[i])]
            if changed:
                self.lines_changed(*changed)
            if self._where:
                self.refresh_header()
        else:
            self.lines_changed()
        if in_place:
            return
        key = old[self.cursor].key if old and self.held else None
        self.cursor = next((i for i, row in enumerate(self._rows) if row.key == key), self.cursor if self.held else 0)
        if self._marks.keep({row.key for row in self._rows}):
            self.post_message(self.MarksChanged())

    def narrow(self, where: Filter) -> None:
        """Leave out what ``where`` does not let through; its fields are the names of the columns."""
        self._where = where
        self.update_rows(self._all)
        self.lines_changed()

    def stand_on(self, key: str) -> None:
        """Put the cursor on a row, where it is shown, and hold it there."""
        for index, row in enumerate(self._rows):
            if row.key == key:
                self._hold_at(index)

    @property
    def saved_keys(self) -> dict[str, TableRow]:
        """The marked rows as they stand, or all that are shown, by key."""
        rows = {row.key: row for row in self._rows}
        return {key: rows[key] for key in self._marks.among(self._rows) or rows}

    @property
    def text(self) -> str:
        """Those rows, to be saved; ``""`` where there is none."""
        return as_text(self._columns, tuple(self.saved_keys.values()))

    @property
    def field_names(self) -> tuple[str, ...]:
        """What a filter may ask of a row."""
        return tuple(column.name for column in self._columns)

    def say_when_empty(self, text: str) -> None:
        """What stands where rows would."""
        if text != self._empty:
            self._empty = text
            self.lines_changed()

    def say_order(self, column: str, *, reverse: bool) -> None:
        """Point out the column by which the rows are ordered."""
        order = (column, "↑" if reverse else "↓")
        if order != self._order:
            self._order = order
            self.refresh_header()

    def line(self, index: int) -> Content:
        """The cells of a row, side by side."""
        if not self._rows:
            return Content.styled(self._why_empty, "$text-muted")
        return beside(self._columns, self.cells(index), self._room)

    def cells(self, index: int) -> Sequence[Content]:
        """What a row shows in its columns."""
        return self._rows[index].cells

    def header(self) -> Content:
        """The titles, and how many rows are marked."""
        column, sign = self._order
        titles = [Content(f"{c.title} {sign}".strip() if c.name == column else c.title) for c in self._columns]
        line = beside(self._columns, titles, self._room)
        if not self._marks and not self._where:
            return line
        kept = f" {len(self._rows)} of {len(self._all)}; / filters"
        told = f" {len(self._marks)} marked, rows keep their places; U unmarks" if self._marks else kept
        note = Content.styled(told, "bold $text-accent")
        return Content.assemble(line.truncate(max(0, self._room - note.cell_length), pad=True), note)

    def render_line(self, y: int) -> Strip:
        """The line at row ``y`` of the widget, behind its mark."""
        index = self.scroll_offset.y + y - self.header_height
        marked = y >= self.header_height and index < len(self._rows) and self._rows[index].key in self._marks
        style = self.get_component_rich_style("line-table--mark") if marked else self.visual_style.rich_style
        line = super().render_line(y)
        mark = Segment(MARK if marked else " ", style)
        return Strip([mark, *line], self.gutter_width + line.cell_length)

    def notify_style_update(self) -> None:
        """Another theme: render anew."""
        super().notify_style_update()
        self._painted.clear()

    def _draw_line(self, index: int) -> Strip:
        if not self._rows:
            return super()._draw_line(index)
        cells = [self._coloured(cell, index) for cell in self.cells(index)]
        return self._painted.row(placed(self._columns, cells, self._room), self._style_of(index))

    def open_line(self, index: int) -> None:
        """Say which row."""
        if self._rows:
            self.post_message(self.Opened(self._rows[index].key))

    def on_click(self, event: Click) -> None:
        """A click on the header; Textual calls that of ``LineView``, for the rows, as well."""
        if event.y >= self.header_height:
            return
        column = column_at(self._columns, event.x - self.gutter_width, self._room)
        if column is not None:
            self.post_message(self.HeaderClicked(column))

    def action_mark(self) -> None:
        """Mark the row, and go on to the next."""
        if self._rows:
            self._marks.toggle(self._rows[self.cursor].key)
            self._marked(self.cursor)
            self.action_move(1)

    def action_mark_range(self) -> None:
        """Mark all from the row marked last to this one."""
        if self._rows:
            self._marks.reach([row.key for row in self._rows], self.cursor)
            self._marked()

    def action_mark_all(self) -> None:
        """Mark every row."""
        self._marks.take([row.key for row in self._rows])
        self._marked()

    def action_unmark(self) -> None:
        """Mark none."""
        sight = self.in_sight
        rows = enumerate(self._rows[sight.start : sight.stop], sight.start)
        marked = [index for index, row in rows if row.key in self._marks]
        self._marks.clear()
        self._marked(*marked)

    def _marked(self, *indices: int) -> None:
        for index in indices:
            self.refresh_line(index + self.header_height)
        if indices:
            self.refresh_header()
        else:
            self.refresh()
        self.post_message(self.MarksChanged())

    def _in_place(self, rows: Sequence[TableRow]) -> tuple[TableRow, ...]:
        """Rows that were there stay where they are, new ones come last."""
        fresh = {row.key: row for row in rows}
        kept = [fresh.pop(row.key) for row in self._rows if row.key in fresh]
        return (*kept, *fresh.values())

    @property
    def _why_empty(self) -> str:
        return NO_MATCH if self._all and self._where else self._empty

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width - self.gutter_width
