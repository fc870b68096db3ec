"""From the story of a message to what mends it: the entry of a table that failed it, and requeueing it after that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from mailtui.changes.plan import Plan
from mailtui.host.errors import UsageError
from mailtui.maillog.model import Story
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.dialogs import Choice, ChooseDialog, PromptDialog
from mailtui.services.postfix.tables import file_of
from mailtui.text import clean

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
            return "This console is read-only: nothing is changed."
        if action == "entry" and not self._editable:
            return "No entry of a table that could be edited is known to have caused it."
        if action == "requeue" and (self.story is None or not self.story.queue_ids):
            return "There is nothing that could be requeued."
        return ""

    @work(group="dialog", exclusive=True)
    async def action_entry(self) -> None:
        """Give the entry that caused it another value."""
        entries = self._editable
        index: int | None = 0
        if len(entries) > 1:
            menu = [Choice(clean(one.key), clean(f"{one.parameter}: {one.value or 'no such key'}")) for one in entries]
            index = await self.app.push_screen_wait(ChooseDialog("Which entry?", menu))
        if index is None:
            return
        entry = entries[index]
        file = file_of(entry.table)
        hint = f"{entry.parameter}, in {file}" + ("" if entry.value else ": it has no such key yet")
        dialog = PromptDialog(f"Value of {clean(entry.key)}", value=clean(entry.value), hint=clean(hint))
        value = await self.app.push_screen_wait(dialog)
        if value is not None and value != clean(entry.value):
            self.propose(partial(self.console.services.map_plans.set, Path(file), entry.key, value))

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
        return [entry for entry in self.blamed if file_of(entry.table)]
