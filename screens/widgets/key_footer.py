"""The keys that matter here, in one line; what does not fit is counted, never dropped without a word."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget

HELP = "app.help"
_GREYED = "dim $text-muted"
"""Textual's own ``$text-disabled`` loses its 38 % in text such as this, and is then brighter than all else."""
_STYLES = {True: ("bold $footer-key-foreground", ""), False: (_GREYED, _GREYED)}


class KeyFooter(Widget):
    """Greyed keys make no sense at the moment; pressing them says why."""

    DEFAULT_CSS = """
    KeyFooter { dock: bottom; height: 1; background: $footer-background; color: $footer-foreground; text-wrap: nowrap; }
    """

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """As many keys as fit, then help."""
        keys, rest = self._fitting()
        more = Content.styled(f"  +{rest} in help", "$text-muted") if rest else Content.empty()
        return Content.assemble(" ", Content("  ").join(label for _, label in keys), more)

    def on_click(self, event: Click) -> None:
        """A click is the key."""
        x = 1
        for key, label in self._fitting()[0]:
            if x <= event.x < x + label.cell_length:
                self.app.simulate_key(key)
            x += label.cell_length + 2

    def _fitting(self) -> tuple[list[tuple[str, Content]], int]:
        labels = self._labels()
        helps = [item for item in labels if item[0] == self._help_key]
        others = [item for item in labels if item[0] != self._help_key]
        room = self.size.width - 2
        for shown in range(len(others), -1, -1):
            rest = len(others) - shown
            keys = [*others[:shown], *helps]
            width = sum(label.cell_length + 2 for _, label in keys) + (len(f"+{rest} in help") if rest else 0)
            if width <= room or not shown:
                return keys, rest
        return [], 0

    def _labels(self) -> list[tuple[str, Content]]:
        labels, seen = [], set()
        self._help_key = ""
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if not binding.show or (binding.id or binding.action) in seen:
                continue
            seen.add(binding.id or binding.action)
            if binding.id == HELP:
                self._help_key = key
            name = self.app.get_key_display(binding)
            of_key, of_words = _STYLES[active.enabled]
            label = Content.assemble((name, of_key), (f" {binding.description}", of_words))
            labels.append((key, label))
        return labels
