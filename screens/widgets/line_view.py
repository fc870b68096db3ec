"""A virtual list of lines: only what is visible is rendered, a change repaints only its line.

Subclasses say how many lines there are and what each one shows; Textual's own tables measure and hold every row,
which takes seconds from some thousands on.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from mailtui.screens.painted import Painted
from mailtui.screens.widgets.scroll_bar import PaintedScrollBar

CACHED_STRIPS = 200
"""A few pages: a line that has been painted takes some ten kilobytes with all that Textual remembers of it."""
_MANY = 8
"""Lines that are dearer to repaint one by one than with all between them, which are at hand."""
SIDEWAYS = 8
"""Cells a key scrolls to the side."""


class LineView(ScrollView, can_focus=True):
    """Lines with a cursor. ``header`` lines stay at the top."""

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = "List"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--cursor", "line-view--header"}
    DEFAULT_CSS = """
    LineView {
        background: $background;
        overflow-x: hidden;
        text-wrap: nowrap;
        scrollbar-size-vertical: 1;
        & > .line-view--cursor { background: $block-cursor-blurred-background; }
        &:focus > .line-view--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .line-view--header { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", tooltip="Show what is behind this row.", id="list.open"),
        Binding("down,j", "move(1)", "Next row", show=False, id="list.down"),
        Binding("up,k", "move(-1)", "Previous row", show=False, id="list.up"),
        Binding("pagedown,ctrl+f", "page(1)", "Next page", show=False, id="list.page-down"),
        Binding("pageup,ctrl+b", "page(-1)", "Previous page", show=False, id="list.page-up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="list.half-down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="list.half-up"),
        Binding("g,home", "first", "First row", show=False, id="list.first"),
        Binding("G,end", "last", "Last row", show=False, id="list.last"),
        Binding("left,h", "sideways(-1)", "Scroll left", show=False, id="list.left"),
        Binding("right,l", "sideways(1)", "Scroll right", show=False, id="list.right"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the current line."""

    held = False
    """Whether the operator has moved the cursor and not gone back to the top."""

    header_height = 0
    gutter_width = 0
    """Cells that a subclass paints before each line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._strips = Painted[tuple[int, bool], Strip](CACHED_STRIPS)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Made when it is first needed, as Textual does."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = PaintedScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    @property
    def in_sight(self) -> range:
        """Indices of the lines that there is room for; the last ones may not be there."""
        top = self.scroll_offset.y
        return range(top, top + self.size.height)

    def line(self, index: int) -> Content:
        """What line ``index`` shows."""
        raise NotImplementedError

    def header(self) -> Content:
        """The line that stays at the top, when ``header_height`` is 1."""
        return Content.empty()

    def open_line(self, index: int) -> None:
        """The operator wants to see what is behind a line."""

    def lines_changed(self, *indices: int) -> None:
        """Repaint these lines; without any, everything."""
        if not indices:
            self._strips.clear()
            self.virtual_size = Size(self.widest(), self.line_count + self.header_height)
            self.refresh()
            return
        for index in indices:
            self._forget(index)
        sight = self.in_sight
        seen = [index for index in indices if index in sight]
        if len(seen) > _MANY:
            self.refresh_lines(min(seen) + self.header_height, max(seen) - min(seen) + 1)
            return
        for index in seen:
            self.refresh_line(index + self.header_height)

    def refresh_header(self) -> None:
        """Repaint the line that stays at the top, however far the others are scrolled."""
        self.refresh_line(self.scroll_offset.y)

    def widest(self) -> int:
        """Cells of the widest line; 0 where lines are cut at the edge."""
        return 0

    def render_line(self, y: int) -> Strip:
        """The line at row ``y`` of the widget."""
        (left, top), width = self.scroll_offset, self.size.width - self.gutter_width
        plain = self.visual_style.rich_style  # ``rich_style`` asks every ancestor each time
        if y < self.header_height:
            header = self._draw(self.header(), self.get_visual_style("line-view--header"))
            return header.crop_extend(left, left + width, plain)
        index = top + y - self.header_height
        if not 0 <= index < self.line_count:
            return Strip.blank(width, plain)
        style = self.get_component_rich_style("line-view--cursor") if index == self.cursor else plain
        return self._strip(index).crop_extend(left, left + width, style)

    def validate_cursor(self, cursor: int) -> int:
        """Stay on a line that exists."""
        return max(0, min(cursor, self.line_count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint where the cursor was and is; keep it in sight."""
        for index in (old, new):
            self.refresh_line(index + self.header_height)
        self.reveal(new)

    def reveal(self, index: int) -> None:
        """Scroll no more than needed to show line ``index``."""
        room = self.size.height - self.header_height
        if room <= 0:
            return
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False, immediate=True, force=True)  # before a scrollbar is laid out, too
        elif index >= top + room:
            self.scroll_to(y=index - room + 1, animate=False, immediate=True, force=True)

    def on_resize(self, _event: Resize) -> None:
        """Lines may be laid out by width."""
        self.lines_changed()
        self.reveal(self.cursor)

    def watch_show_vertical_scrollbar(self) -> None:
        """A scrollbar that comes after the first scrolling has not heard of it."""
        self.vertical_scrollbar.position = self.scroll_y

    def notify_style_update(self) -> None:
        """Another theme: render anew."""
        super().notify_style_update()
        self._strips.clear()

    def on_click(self, event: Click) -> None:
        """Go to the line clicked; open it when it was current already."""
        index = self.scroll_offset.y + event.y - self.header_height
        if event.y < self.header_height or not 0 <= index < self.line_count:
            return
        if index == self.cursor:
            self.open_line(index)
        self._hold_at(index)

    def action_open(self) -> None:
        """Show what is behind the current line."""
        if self.line_count:
            self.open_line(self.cursor)

    def action_move(self, by: int) -> None:
        """The next or previous line."""
        self._hold_at(self.cursor + by)

    def action_page(self, pages: float) -> None:
        """A page or half of one."""
        self._hold_at(self.cursor + int(pages * max(1, self.size.height - self.header_height - 1)))

    def action_first(self) -> None:
        """The first line, and whatever comes to stand there."""
        self.cursor = 0
        self.held = False

    def action_last(self) -> None:
        """The last line."""
        self._hold_at(self.line_count - 1)

    def _hold_at(self, index: int) -> None:
        self.cursor = index
        self.held = True

    def action_sideways(self, by: int) -> None:
        """Scroll to the side."""
        x = self.scroll_offset.x + by * SIDEWAYS
        self.scroll_to(x=x, animate=False, immediate=True, force=True)  # there is no scrollbar

    def _forget(self, index: int) -> None:
        for under_cursor in (False, True):
            self._strips.pop((index, under_cursor), None)

    def _strip(self, index: int) -> Strip:
        key = (index, index == self.cursor)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw_line(index)
        return strip

    def _draw_line(self, index: int) -> Strip:
        return self._draw(self._coloured(self.line(index), index), self._style_of(index))

    def _style_of(self, index: int) -> Style:
        return self.get_visual_style("line-view--cursor") if index == self.cursor else self.visual_style

    def _coloured(self, content: Content, index: int) -> Content:
        """Under the cursor 16 colours have no background on which all of them can be read."""
        return content.without_spans if index == self.cursor and self.app.native_ansi_color else content

    def _draw(self, content: Content, style: Style) -> Strip:
        width = max(1, content.cell_length)
        strips = Visual.to_strips(self, content, width, 1, style)
        return strips[0] if strips else Strip.blank(width)
