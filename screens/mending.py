"""From the story of a message to what mends it: the entry of a table that failed it, and requeueing it after that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import work

from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.maillog.model import Story
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.entry import edit_entry
from mailtui.screens.words import READ_ONLY
from mailtui.services.explain.blame import editable

if TYPE_CHECKING:
    from mailtui.services.explain import Blamed


class MendingScreen(ConsoleScreen):
    """A view of one message, in which something can be done about its failure."""

    @property
    def story(self) -> Story | None:
        """The message; None until it is found."""
        raise NotImplementedError

    @property
    def blamed(self) -> Sequence[Blamed]:
        """The entries of tables that made it fail."""
        raise NotImplementedError

    def why_not(self, action: str) -> str:
        """Only root changes tables, and only those that stand in a file."""
        if action in ("entry", "requeue") and self.console.services.settings.read_only:
            return READ_ONLY
        if action == "entry" and not self._editable:
            return "No entry of a table that could be edited is known to have caused it."
        if action == "requeue" and (self.story is None or not self.story.queue_ids):
            return "There is nothing that could be requeued."
        return ""

    @work(group="dialog", exclusive=True)
    async def action_entry(self) -> None:
        """Give the entry that caused it another value."""
        await edit_entry(self, self._editable)

    def action_requeue(self) -> None:
        """Through cleanup and all tables again."""
        if self.story is not None:
            self.propose(partial(self._requeued, frozenset(self.story.queue_ids)))

    def _requeued(self, queue_ids: frozenset[str]) -> Plan:
        services = self.console.services
        waiting = [entry for entry in services.queue.read().entries if entry.queue_id in queue_ids]
        if not waiting:
            raise UsageError("It is not in the queue any more.", unlock="What has bounced must be sent again.")
        return services.queue_plans.requeue(waiting)

    @property
    def _editable(self) -> list[Blamed]:
        return editable(self.blamed)
