"""A virtual list whose lines may be wrapped; it scrolls by whole lines, of which only those in sight are laid out."""

from __future__ import annotations

from collections.abc import Iterator

from textual.events import Click
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual

from mailtui.screens.log.paint import GUTTER
from mailtui.screens.painted import Painted
from mailtui.screens.widgets import LineView

PARAGRAPHS = 256


class WrappingView(LineView):
    """Lines that begin with a gutter, under which a wrapped one goes on indented."""

    def __init__(self) -> None:
        super().__init__()
        self._paragraphs = Painted[tuple[int, bool], list[Strip]](PARAGRAPHS)

    def wrap(self, on: bool) -> None:
        """Wrap long lines, or let them run to the side."""
        self.set_class(on, "-wrap")
        self.scroll_to(x=0, animate=False, immediate=True, force=True)
        self.lines_changed()
        self.reveal(self.cursor)

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
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        index, strip = rows[y]
        style = (
            self.get_component_rich_style("line-view--cursor") if index == self.cursor else self.visual_style.rich_style
        )
        return strip.crop_extend(0, self.size.width, style)

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint where the cursor was and is."""
        if self._wrapping:
            self.refresh()
            self.reveal(new)
        else:
            super().watch_cursor(old, new)

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
            self.scroll_to(y=wanted, animate=False, immediate=True, force=True)

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

    def notify_style_update(self) -> None:
        """Another theme: render anew."""
        super().notify_style_update()
        self._paragraphs.clear()

    @property
    def _wrapping(self) -> bool:
        return self.has_class("-wrap")

    def _fit(self) -> None:
        """As wide and high as the lines known; wrapped, the last one may stand at the top of the page."""
        extra = max(0, self.size.height - 1) if self._wrapping else 0
        self.virtual_size = Size(0 if self._wrapping else self.widest(), self.line_count + extra)

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
