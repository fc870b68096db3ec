"""What the views of the queue share: it is read while one of them is shown, and not otherwise."""

from __future__ import annotations

from textual.events import ScreenResume

from mailtui.screens.base import ConsoleScreen


class QueueView(ConsoleScreen):
    """Hears of every new listing."""

    def on_mount(self) -> None:
        """Listen; Textual calls that of ``ConsoleScreen`` as well."""
        self.hear("queue", "queue_error")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """What is known may be old; what is paused stays as it is."""
        if self.console.queue is None or not self.console.paused:
            self.look()

    @property
    def asks_log(self) -> bool:
        """Whether the view shows a choice that only the log can make."""
        return False

    def look(self) -> None:
        """Read the queue now."""
        self.console.queue_thorough = self.asks_log
        self.console.look_at_queue()
