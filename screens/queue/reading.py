"""The part of the App that reads the queue, for as long as one of its views is shown."""

from __future__ import annotations

from dataclasses import replace

from textual.reactive import var

from mailtui.host.errors import MailtuiError
from mailtui.screens.carrying import CarryingApp
from mailtui.screens.leafing import on_top
from mailtui.screens.polling import Poller
from mailtui.screens.queue.port import QueuePort
from mailtui.screens.queue.watching import QueueView
from mailtui.services.postfix.queue.model import QueueListing

SECONDS = 5.0


class QueueReadingApp(CarryingApp):
    """Has the queue as of the last look."""

    queue: var[QueueListing | None] = var(None)
    """The queue, as of the last look; looked at only while a view of it is shown."""
    queue_error: var[str] = var("")
    """Why the last look at the queue failed."""
    queue_thorough = False
    """Whether a view asks for what only the log's files know."""

    def queue_poller(self, queue: QueuePort) -> Poller[QueueListing]:
        """What keeps the queue up to date."""

        def read() -> QueueListing:
            joined = queue.list(thorough=self.queue_thorough and self.queue is not None)
            return replace(joined, problems=(*joined.problems, *queue.beside()))

        self._poller = Poller(
            read, self._show_queue, self._miss_queue, seconds=SECONDS, name="queue", wanted=self._is_wanted
        )
        return self._poller

    def look_at_queue(self) -> None:
        """Read the queue now."""
        self._poller.hurry()

    def _is_wanted(self) -> bool:
        return isinstance(on_top(self), QueueView)

    def _show_queue(self, listing: QueueListing) -> None:
        self.queue_error = ""
        if self.queue is None and self.queue_thorough:
            self.look_at_queue()  # the log's files may take seconds; what there is was to be seen first
        self.queue = listing

    def _miss_queue(self, error: MailtuiError) -> None:
        self.queue_error = error.told
