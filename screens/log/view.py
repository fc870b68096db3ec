"""The list of log lines: rows come from a number space that grows at both ends, and may be wrapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.cache import LRUCache
from textual.content import Content
from textual.events import Click, MouseScrollUp
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.visual import Visual

from mailtui.screens.log.paint import GUTTER
from mailtui.screens.log.shown import Shown
from mailtui.screens.widgets import LineView

PARAGRAPHS = 256


class LogView(LineView):
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
        self._paragraphs: LRUCache[tuple[int, bool], list[Strip]] = LRUCache(PARAGRAPHS)
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
            self.scroll_to(y=max(0, top + by), animate=False, immediate=True)
        if self._last_row < self.line_count:
            self.lines_changed(self._last_row)  # its line may have been a half one
        self._last_row = max(0, self.line_count - 1)
        self._fit()
        if self.following:
            self.go(self.line_count - 1)

    def wrap(self, on: bool) -> None:
        """Wrap long lines, or let them run to the side."""
        self.set_class(on, "-wrap")
        self.scroll_to(x=0, animate=False, immediate=True, force=True)
        self.lines_changed()
        self.reveal(self.cursor)

    def line(self, index: int) -> Content:
        """The line in a row, painted."""
        content = self._paint(self._shown.number(index))
        if content.cell_length > self._widest:
            self._widest = content.cell_length
            self.call_after_refresh(self._fit)
        return content if content.plain else Content(" " * GUTTER)

    def widest(self) -> int:
        """Cells of the widest line seen so far."""
        return 0 if self._wrapping else self._widest

    def lines_changed(self, *indices: int) -> None:
        """Repaint these lines; without any, everything."""
        self._paragraphs.clear()
        if self._wrapping and indices:
            self.refresh()
            return
        super().lines_changed(*indices)
        self._fit()

    def render_line(self, y: int) -> Strip:
        """The line at row ``y`` of the widget."""
        if not self._wrapping:
            return super().render_line(y)
        rows = list(self._page(y + 1))
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        index, strip = rows[y]
        style = self.get_component_rich_style("line-view--cursor") if index == self.cursor else self.rich_style
        return strip.crop_extend(0, self.size.width, style)

    def watch_cursor(self, old: int, new: int) -> None:
        """The operator who goes up does not want to be taken to the end again."""
        if new < self.line_count - 1:
            self.following = False
        if self._wrapping:
            self.refresh()
            self.reveal(new)
        else:
            super().watch_cursor(old, new)
        self.post_message(self.Moved())

    def reveal(self, index: int) -> None:
        """Scroll no more than needed; where lines wrap, the line must fit with those above it."""
        if not self._wrapping:
            super().reveal(index)
            return
        room, first = self.size.height, index
        while first >= 0 and room >= 0:
            room -= len(self._paragraph(first))
            first -= room >= 0
        top = self.scroll_offset.y
        wanted = min(max(top, min(first + 1, index)), index)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        """Go to the line clicked; open it when it was current already."""
        if not self._wrapping:
            super().on_click(event)
            return
        rows = list(self._page(event.y + 1))
        if event.y < len(rows):
            index = rows[event.y][0]
            if index == self.cursor:
                self.open_line(index)
            self.cursor = index

    def on_mouse_scroll_up(self, _event: MouseScrollUp) -> None:
        """Reading what was: stop following."""
        self.following = False
        self.post_message(self.Moved())

    def notify_style_update(self) -> None:
        """Another theme: render anew."""
        super().notify_style_update()
        self._paragraphs.clear()

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

    @property
    def _wrapping(self) -> bool:
        return self.has_class("-wrap")

    def _fit(self) -> None:
        """As wide and high as the lines known; wrapped, the last one may stand at the top of the page."""
        extra = max(0, self.size.height - 1) if self._wrapping else 0
        self.virtual_size = Size(self.widest(), self.line_count + extra)

    def _page(self, height: int) -> Iterator[tuple[int, Strip]]:
        """Rows of the widget from the top: which line, and the part of it."""
        left = height
        for index in range(self.scroll_offset.y, self.line_count):
            for strip in self._paragraph(index)[:left]:
                yield index, strip
                left -= 1
            if left <= 0:
                return

    def _paragraph(self, index: int) -> list[Strip]:
        key = (index, index == self.cursor)
        strips = self._paragraphs.get(key)
        if strips is None:
            style = self.get_visual_style("line-view--cursor") if key[1] else self.visual_style
            content = self.line(index)
            width = max(1, self.size.width - GUTTER)
            gutter = Visual.to_strips(self, content[:GUTTER], GUTTER, 1, style)
            texts = Visual.to_strips(self, content[GUTTER:], width, None, style) or [Strip.blank(1)]
            indent = Strip.blank(GUTTER, style.rich_style)
            strips = [Strip.join([indent if n else gutter[0], text]) for n, text in enumerate(texts)]
            self._paragraphs[key] = strips
        return strips
