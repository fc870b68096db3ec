"""One line at the top: where you are on the left, how fresh it is on the right."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

Halves = tuple[Content, Content]


class TitleBar(Widget):
    """The left half is cut where both do not fit."""

    DEFAULT_CSS = "TitleBar { dock: top; height: 1; background: $panel; text-wrap: nowrap; }"

    halves: reactive[Halves] = reactive((Content.empty(), Content.empty()), always_update=True, repaint=False)

    def show(self, halves: Halves) -> None:
        """Show these; nothing is painted when they are what is shown."""
        if not all(map(Content.is_same, halves, self.halves)):
            self.halves = halves
            self.refresh()

    def render(self) -> Content:
        """Both halves, as far apart as there is room."""
        left, right = self.halves
        room = max(0, self.size.width - right.cell_length - 2)
        return Content.assemble(" ", left.truncate(room, ellipsis=True, pad=True), right, " ")
