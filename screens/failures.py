"""Lists of failures: where mail of the one under the cursor goes, and the entry that made it fail, unopened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual import work

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.entry import edit_entry
from mailtui.screens.hits import Hit, hits
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenAddress
from mailtui.screens.words import READ_ONLY
from mailtui.services.explain import Blamed
from mailtui.services.explain.blame import blamed_for
from mailtui.services.postfix.addresses.answering import way_in_a_circle
from mailtui.services.postfix.addresses.model import Step

NO_ENTRY = "No entry of a table that could be edited is known to have caused it. K shows where its mail goes."
NO_RECIPIENT = "No line of this incident names a recipient."


class FailureScreen(ListScreen):
    """The row under the cursor is an incident or, where a view says otherwise, one of those it hit."""

    async def hit(self, wanted: Callable[[Hit], object]) -> Hit | None:
        """The newest thing the incident under the cursor hit that is ``wanted``."""
        incident = self.line_table.cursor_key
        if incident is None:
            return None
        events = await in_thread(partial(self.console.services.live.incident_events, incident), "incident")
        return next((hit for hit in hits(events) if wanted(hit)), None)

    @work(group="dialog", exclusive=True)
    async def action_where_to(self) -> None:
        """Where mail for its recipient goes now."""
        hit = await self.hit(lambda one: one.address)
        if hit is None:
            self.notify(NO_RECIPIENT, markup=False)
        else:
            self.post_message(Open(OpenAddress(hit.address)))

    @work(group="dialog", exclusive=True)
    async def action_entry(self) -> None:
        """Give the entry that caused it another value."""
        from mailtui.screens.addresses.mending import edit_step

        hit = await self.hit(lambda one: one.address)
        try:
            found, circle = await in_thread(partial(self._mendable, hit), "explain") if hit else ([], ())
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        if found:
            await edit_entry(self, found)
        elif circle:
            await edit_step(self, circle[-1], wrong=True, about=" → ".join((circle[0].key, *map(_answer, circle))))
        else:
            self.notify(NO_ENTRY, markup=False)

    def _mendable(self, hit: Hit) -> tuple[Sequence[Blamed], Sequence[Step]]:
        """The entries that made it fail or, where none did, the circle that its recipient leads into."""
        services = self.console.services
        found = blamed_for(hit.queue_id, services.explain, services.live, services.trace)
        return found, () if found else way_in_a_circle(hit.address, services.resolver)

    def why_not(self, action: str) -> str:
        """Without a row there is nothing to follow; a console that may only look changes nothing."""
        if action == "entry" and self.console.services.settings.read_only:
            return READ_ONLY
        if action in ("entry", "where_to") and self.line_table.cursor_key is None:
            return "There is no failure here."
        return ""


def _answer(step: Step) -> str:
    return step.result or ""
