"""The page of a message: rows to read, with a cursor that finds the next line or failure."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.message import Message

from mailtui.screens.story_page import Row
from mailtui.screens.widgets import LineView


class StoryView(LineView):
    """Rows of a story."""

    BINDING_GROUP_TITLE = "Page"

    class Opened(Message):
        """A row was opened."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()

    @property
    def line_count(self) -> int:
        """One a row."""
        return len(self._rows)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show these; the cursor stays on its row."""
        if rows == self._rows:
            return
        before, self._rows = self.current, rows
        self.lines_changed()
        if before in rows and self.cursor:
            self.cursor = rows.index(before)

    def seek(self, by: int, wanted: Callable[[Row], bool]) -> None:
        """To the next (``by`` 1) or previous (-1) row that is wanted."""
        rows = range(self.cursor + 1, len(self._rows)) if by > 0 else range(self.cursor - 1, -1, -1)
        self.cursor = next((index for index in rows if wanted(self._rows[index])), self.cursor)

    def widest(self) -> int:
        """Raw lines may be wider than the page; they scroll sideways."""
        return max((len(row.text) for row in self._rows), default=0)

    def line(self, index: int) -> Content:
        """A row in its colours."""
        return Content.assemble(*self._rows[index].pieces)

    def open_line(self, index: int) -> None:
        """Say which row."""
        self.post_message(self.Opened(self._rows[index]))
