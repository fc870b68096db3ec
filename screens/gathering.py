"""The part of the App that gathers what is known of a failure, for a ticket."""

from __future__ import annotations

from functools import partial

from textual import on, work

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.carrying import CarryingApp
from mailtui.screens.messages import Gather, Save
from mailtui.screens.ports import ConsoleServices


class GatheringApp(CarryingApp):
    """Answers ``Gather``."""

    services: ConsoleServices

    @on(Gather)
    def gather(self, wanted: Gather) -> None:
        """Gather in the background, then ask where to write it."""
        self._gather(wanted)

    @work(group="gather", exclusive=True)
    async def _gather(self, wanted: Gather) -> None:
        self.notify("Gathering what is known of it: a few seconds.", markup=False)
        try:
            text = await in_thread(partial(self._gathered, wanted), "evidence")
        except MailtuiError as error:
            self.warn(error.told)
        else:
            self.post_message(Save(text, wanted.name))

    def _gathered(self, wanted: Gather) -> str:
        traced = [story for name in wanted.queue_ids for story in self.services.trace.trace(name)]
        return self.services.evidence.of([*wanted.stories, *traced], wanted.incident)
