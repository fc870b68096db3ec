"""The list of log lines: rows come from a number space that grows at both ends."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.events import MouseScrollUp
from textual.message import Message

from mailtui.screens.log.paint import GUTTER
from mailtui.screens.log.shown import Shown
from mailtui.screens.log.wrapping import WrappingView
from mailtui.screens.widgets import LineView


class LogView(WrappingView):
    """Shows the lines of ``Shown``; ``paint`` draws one by its number."""

    class Moved(Message):
        """The cursor is on another line."""

    class Edge(Message):
        """The operator wants to go on beyond the first (-1) or last (1) row."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class LineOpened(Message):
        """What is behind the current line?"""

    def __init__(self, paint: Callable[[int], Content]) -> None:
        super().__init__()
        self._paint = paint
        self._shown = Shown(0, 0)
        self._widest = 0
        self._last_row = 0
        self.following = True
        """Whether the cursor goes with the last line."""

    @property
    def line_count(self) -> int:
        """One a row."""
        return len(self._shown)

    @property
    def number(self) -> int | None:
        """The line under the cursor."""
        return self._shown.number(self.cursor) if len(self._shown) else None

    def show(self, shown: Shown, number: int | None) -> None:
        """Show these, with the cursor on a line; without one, follow the end."""
        self._shown = shown
        self._widest = 0
        self._last_row = max(0, len(shown) - 1)
        self.following = number is None
        self.lines_changed()
        self.go(shown.row(number) if number is not None else len(shown) - 1)

    def go(self, row: int) -> None:
        """Put the cursor on a row without that being the operator's own step."""
        following = self.following
        if row == self.cursor:
            self.reveal(row)
            self.post_message(self.Moved())
        self.cursor = row
        self.following = following

    def grown(self, by: int = 0) -> None:
        """There are more rows, ``by`` of them above those that were there."""
        if by:
            top = self.scroll_offset.y
            self.set_reactive(LineView.cursor, max(0, min(self.cursor + by, self.line_count - 1)))
            self._last_row += by
            self.lines_changed()
            self.scroll_to(y=max(0, top + by), animate=False, immediate=True, force=True)
        if self._last_row < self.line_count:
            self.lines_changed(self._last_row)  # its line may have been a half one
        self._last_row = max(0, self.line_count - 1)
        self._fit()
        if self.following:
            self.go(self.line_count - 1)

    def line(self, index: int) -> Content:
        """The line in a row, painted."""
        content = self._paint(self._shown.number(index))
        if content.cell_length > self._widest:
            self._widest = content.cell_length
            self.call_after_refresh(self._fit)
        return content if content.plain else Content(" " * GUTTER)

    def widest(self) -> int:
        """Cells of the widest line seen so far."""
        return self._widest

    def watch_cursor(self, old: int, new: int) -> None:
        """The operator who goes up does not want to be taken to the end again."""
        if new < self.line_count - 1:
            self.following = False
        super().watch_cursor(old, new)
        self.post_message(self.Moved())

    def on_mouse_scroll_up(self, _event: MouseScrollUp) -> None:
        """Reading what was: stop following."""
        self.following = False
        self.post_message(self.Moved())

    def open_line(self, index: int) -> None:
        """Say so."""
        self.post_message(self.LineOpened())

    def action_move(self, by: int) -> None:
        """The next or previous line; beyond the first or last one it may go on in another file."""
        if not 0 <= self.cursor + by < self.line_count:
            self.post_message(self.Edge(by))
        super().action_move(by)

    def action_last(self) -> None:
        """The last line, and those to come."""
        self.following = True
        self.go(self.line_count - 1)
