"""Keeping findings quiet that somebody has taken note of: for a time, or while they stay what they are."""

from __future__ import annotations

import time
from functools import partial

from textual import work

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.findings.shown import covering
from mailtui.screens.listing import ListScreen
from mailtui.services.checks.attention import Memory

_TERMS: tuple[tuple[str, float | None], ...] = (
    ("for an hour", 3600.0),
    ("for a day", 86400.0),
    ("for a week", 7 * 86400.0),
    ("while it stays what it is", None),
)


class QuietingView(ListScreen):
    """A list of findings that knows which of them are quiet."""

    memory = Memory({}, {})
    """What was taken note of, as of the last look."""

    @property
    def current(self) -> Finding | None:
        """The finding under the cursor."""
        raise NotImplementedError

    def show_findings(self) -> None:
        """Bring the list up to date."""
        raise NotImplementedError

    def is_quiet(self, finding: Finding, now: float) -> bool:
        """Whether somebody has taken note of it, and that still holds."""
        return covering(finding, self.memory.known, now) is not None

    async def remember(self) -> None:
        """Read what was taken note of; where that cannot be read, everything speaks."""
        try:
            self.memory = await in_thread(self.console.services.attention.memory, "attention")
        except MailtuiError as error:
            self.memory = Memory({}, {})
            self.notify(error.told, severity="warning", markup=False)

    @work(group="dialog", exclusive=True)
    async def action_acknowledge(self) -> None:
        """Keep it quiet for some time; one that is quiet speaks again."""
        finding, attention = self.current, self.console.services.attention
        if finding is None:
            return
        if self.is_quiet(finding, time.time()):
            change = partial(attention.forget, finding.id)
        else:
            menu = [Choice(words) for words, _ in _TERMS]
            index = await self.app.push_screen_wait(ChooseDialog("Do not tell of it", menu))
            if index is None:
                return
            seconds = _TERMS[index][1]
            until = time.time() + seconds if seconds else None
            change = partial(attention.acknowledge, finding, until=until)
        try:
            await in_thread(change, "attention")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
        await self.remember()
        self.show_findings()
