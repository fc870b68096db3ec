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

from mailtui.filters import Filter, parse
from mailtui.maillog.model import Incident
from mailtui.screens.base import Copyable
from mailtui.screens.commands import FAILURE, INCIDENTS, Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.failures import FailureScreen
from mailtui.screens.incident_rows import SORTINGS, Shown
from mailtui.screens.incident_table import IncidentTable
from mailtui.screens.messages import Open
from mailtui.screens.problems import no_log
from mailtui.screens.targets import OpenIncident, OpenIncidents
from mailtui.screens.widgets import NO_MATCH, FilterBar
from mailtui.screens.words import counted
from mailtui.services.live.model import LiveSnapshot


class IncidentsScreen(FailureScreen):
    """The list of what fails."""

    CSS_PATH = "../styles/incidents.tcss"
    AUTO_FOCUS = "IncidentTable"
    HELP = "Failures with one cause are one row: how often, when last, what, and who must act."
    FIELDS = "cause title who severity count messages recipients first last"
    ACTIONS: ClassVar[tuple[Command, ...]] = (*INCIDENTS, *FAILURE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

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
        table.show(shown, live)
        if self._shown.where:
            table.say_when_empty(NO_MATCH)
        table.say_order(self._shown.sorting.column, reverse=self._shown.reverse)
        self.query_one("#summary", Static).update(self._summary(len(shown), live), layout=False)

    def why_not(self, action: str) -> str:
        """Nothing can be ordered where nothing is; nor ordered what the operator has marked."""
        if action in ("sort", "reverse") and self.query_one(IncidentTable).has_marks:
            return "While rows are marked they keep their places; U unmarks them."
        empty = self.console.live is None or not self.console.live.incidents
        if empty and action in ("sort", "reverse"):
            return "There are no incidents."
        return super().why_not(action)

    @on(IncidentTable.Opened)
    def open_incident(self, event: IncidentTable.Opened) -> None:
        """Go to one."""
        self.post_message(Open(OpenIncident(event.key)))

    @on(IncidentTable.HeaderClicked)
    def order_by(self, event: IncidentTable.HeaderClicked) -> None:
        """Put the rows in the order of a column."""
        if not self.why_not("sort"):
            self._show(self._shown.ordered_by(event.column))

    @on(IncidentTable.MarksChanged)
    def marks_changed(self) -> None:
        """Rows without marks go back to their places."""
        self.refresh_bindings()
        if not self.query_one(IncidentTable).has_marks:
            self.show_state()

    def narrow(self, where: Filter) -> None:
        """Keep what matches."""
        self._show(replace(self._shown, where=where))

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
        """What the marked rows say, or the one under the cursor."""
        chosen = self._chosen()
        return (
            Copyable.each("title", (incident.title for incident in chosen)),
            Copyable.each("newest queue ID", (incident.queue_ids[0] for incident in chosen if incident.queue_ids)),
            Copyable.each("sample line", (incident.samples[-1].text for incident in chosen if incident.samples)),
            Copyable.each("next action", (incident.action for incident in chosen)),
        )

    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self.show_state()

    def _chosen(self) -> Sequence[Incident]:
        keys = self.query_one(IncidentTable).chosen_keys
        incidents = self.console.live.incidents if self.console.live else ()
        return [incident for incident in incidents if incident.id in keys]

    def _summary(self, shown: int, live: LiveSnapshot) -> Content:
        known, why = len(live.incidents), no_log(live)
        if why:
            return Content.styled(f"✖ {why}; 0 tells what to do", "$text-error")
        if not known and live.loading:
            return Content.styled("… reading the log, no failure in it so far", "$text-muted")
        if not known:
            return Content.styled("✔ No failure in the log that has been read.", "$text-success")
        words = [f"{shown} of {counted(known, 'incident')}" if shown != known else counted(known, "incident")]
        if self._shown.problems_only:
            words.append("only problems (! shows all)")
        words.append(f"by {self._shown.sorting.name}{', reversed' if self._shown.reverse else ''}")
        return Content.styled("   ".join(words), "$text-muted")
