"""Failures, grouped by cause: filter, order, open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.filters import parse
from mailtui.maillog.model import Incident
from mailtui.screens.base import ConsoleScreen, Copyable
from mailtui.screens.commands import INCIDENTS, Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.incident_rows import SORTINGS, Shown
from mailtui.screens.incident_table import IncidentTable
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenIncident, OpenIncidents
from mailtui.screens.widgets import FilterBar
from mailtui.screens.words import counted


class IncidentsScreen(ConsoleScreen):
    """The list of what fails."""

    CSS_PATH = "../styles/incidents.tcss"
    AUTO_FOCUS = "IncidentTable"
    HELP = (
        "Failures with one cause are one row: how often, when last, what, and who must act.\n"
        "The filter knows: cause title who severity count messages recipients first last, and plain words."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = INCIDENTS
    BINDINGS: ClassVar[list[BindingType]] = bindings(INCIDENTS)

    def __init__(self, target: OpenIncidents | None = None) -> None:
        super().__init__()
        target = target or OpenIncidents(problems_only=False)
        self._shown = Shown(parse(target.where), target.problems_only)

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Incidents"

    def compose_view(self) -> Iterable[Widget]:
        """What is shown of how many, and the list."""
        yield FilterBar(self._shown.where)
        yield Static(id="summary")
        yield IncidentTable()

    def show_state(self) -> None:
        """Bring the list up to date; the cursor stays on its incident."""
        live = self.console.live
        table = self.query_one(IncidentTable)
        if live is None:
            self.query_one("#summary", Static).update(Content.styled("… reading the log", "$text-muted"))
            return
        shown = self._shown(live.incidents)
        table.show(shown, live.now)
        self.query_one("#summary", Static).update(self._summary(len(shown), len(live.incidents)), layout=False)

    def why_not(self, action: str) -> str:
        """Nothing can be ordered or copied where nothing is."""
        empty = self.console.live is None or not self.console.live.incidents
        return "There are no incidents." if empty and action in ("sort", "reverse", "filter") else ""

    @on(IncidentTable.Opened)
    def open_incident(self, event: IncidentTable.Opened) -> None:
        """Go to one."""
        self.post_message(Open(OpenIncident(event.key)))

    def action_filter(self) -> None:
        """Write a filter."""
        self.query_one(FilterBar).write()

    @on(FilterBar.Changed)
    def filter_by(self, event: FilterBar.Changed) -> None:
        """Keep what matches."""
        self._show(replace(self._shown, where=event.where))
        self.query_one(IncidentTable).focus()

    def action_problems(self) -> None:
        """Leave out what passes by itself, or show everything."""
        self._show(replace(self._shown, problems_only=not self._shown.problems_only))

    @work(group="dialog", exclusive=True)
    async def action_sort(self) -> None:
        """Choose an order."""
        choices = [Choice(f"by {sorting.name}") for sorting in SORTINGS]
        index = await self.app.push_screen_wait(ChooseDialog("Sort incidents", choices))
        if index is not None:
            self._show(self._shown.sorted_by(index))

    def action_reverse(self) -> None:
        """The other way round."""
        self._show(replace(self._shown, reverse=not self._shown.reverse))

    def copyables(self) -> Sequence[Copyable]:
        """What the row under the cursor says."""
        incident = self._current()
        if incident is None:
            return ()
        sample = incident.samples[-1].text if incident.samples else ""
        newest = incident.queue_ids[0] if incident.queue_ids else ""
        return (
            Copyable("title", incident.title),
            Copyable("newest queue ID", newest),
            Copyable("sample line", sample),
            Copyable("next action", incident.action),
        )

    def saveable(self) -> tuple[str, str]:
        """The list as lines."""
        live = self.console.live
        rows = self._shown(live.incidents) if live else ()
        return "incidents", "\n".join(f"{i.severity}\t{i.count}\t{i.title}\t{i.action}" for i in rows)

    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self.show_state()

    def _current(self) -> Incident | None:
        key = self.query_one(IncidentTable).cursor_key
        incidents = self.console.live.incidents if self.console.live else ()
        return next((incident for incident in incidents if incident.id == key), None)

    def _summary(self, shown: int, known: int) -> Content:
        if not known:
            return Content.styled("✔ No failure in the log that has been read.", "$text-success")
        words = [f"{shown} of {counted(known, 'incident')}" if shown != known else counted(known, "incident")]
        if self._shown.problems_only:
            words.append("only problems (! shows all)")
        words.append(f"by {self._shown.sorting.name}{', reversed' if self._shown.reverse else ''}")
        return Content.styled("   ".join(words), "$text-muted")
