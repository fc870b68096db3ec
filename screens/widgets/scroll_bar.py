"""A scrollbar that is painted when it looks otherwise; Textual's paints each of its lines at every key."""

from __future__ import annotations

from typing import cast

from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip


class PaintedScrollBar(ScrollBar):
    """One to the right of lines."""

    _looks: tuple[object, ...] = ()
    _lines: tuple[Strip, ...] = ()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Those of its lines, as they were painted while it looked like this."""
        bar = cast(ScrollBarRender, self.render())
        looks = (self.size, bar.virtual_size, bar.window_size, bar.position, bar.style)
        if looks != self._looks:
            self._looks, self._lines = looks, tuple(super().render_lines(self.size.region))
        return list(self._lines[crop.y : crop.bottom])
