"""The part of the App that looks at everything: for the list of findings, and for the headline of the Overview."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from textual import work
from textual.reactive import var

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.carrying import CarryingApp
from mailtui.screens.ports import ConsoleServices
from mailtui.services.checks.model import Report


class CheckingApp(CarryingApp):
    """Runs every check, one run at a time, and remembers what was found."""

    services: ConsoleServices
    report: var[Report | None] = var(None)
    """What the last run of all checks found."""
    _checking: asyncio.Task[Report] | None = None

    async def check(self) -> Report:
        """Run every check, or wait for the run that is under way. Raises as they do."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._look_at_everything())
        return await asyncio.shield(self._checking)

    @work(group="checks", exclusive=True)
    async def check_unasked(self) -> None:
        """Run them for the headline; what keeps them is told where they are asked for."""
        with suppress(MailtuiError):
            await self.check()

    def outdate_report(self) -> None:
        """Something was changed: a run under way does not count any more, and what was found is of another time."""
        self._checking = None
        if self.report is not None:
            self.report = replace(self.report, time=0.0)

    async def _look_at_everything(self) -> Report:
        report = await in_thread(self.services.checks_apart.run, "checks")
        self.report = report
        return report
