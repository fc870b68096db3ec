"""The first screen: does mail flow, and what fails. Every number opens what is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import ScreenResume
from textual.message import Message
from textual.widget import Widget

from mailtui.screens.base import Copyable
from mailtui.screens.cells import Cells, Line
from mailtui.screens.commands import FAILURE, OVERVIEW, Command, bindings
from mailtui.screens.failures import FailureScreen
from mailtui.screens.incident_rows import Shown
from mailtui.screens.incident_table import IncidentTable
from mailtui.screens.messages import Open
from mailtui.screens.overview_cells import incidents_title, problem_lines, status_lines
from mailtui.screens.plots import DAY, HOUR, plot_lines
from mailtui.screens.problems import Problem, problems
from mailtui.screens.rate_cells import rate_lines
from mailtui.screens.targets import OpenIncident
from mailtui.screens.widgets import FilterBar

FIRST_CHECK, NEXT_CHECK = 3.0, 600.0
"""Seconds after which everything is looked at while the Overview is shown."""


class Plots(Horizontal):
    """The drawings; says when their room has changed, which comes later than what caused it."""

    class Resized(Message):
        """There is more or less room."""

    def on_resize(self) -> None:
        """Tell the screen."""
        self.post_message(self.Resized())


class OverviewScreen(FailureScreen):
    """Headline, machine, rates, incidents: from what must be known first to what can be looked up."""

    CSS_PATH = "../styles/overview.tcss"
    AUTO_FOCUS = "#incidents"
    HELP = (
        "What is wrong comes first, worst on top; then the machine, the rates, the failures.\n"
        "✖ needs you  ▲ needs somebody  · passes by itself  ✔ fine  ? not known\n"
        "tab and the arrow keys go to a number, enter opens what it counts."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = (*OVERVIEW, *FAILURE)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Overview"

    def compose_view(self) -> Iterable[Widget]:
        """The panels, from above."""
        yield Cells(id="headline")
        yield Cells(id="status")
        yield Cells(id="rates")
        with Plots(id="plots"):
            yield Cells(id="hour")
            yield Cells(id="day")
        yield Cells(id="incidents-title")
        yield FilterBar()
        yield IncidentTable(id="incidents")

    def on_mount(self) -> None:
        """What no log tells is looked for as well, a little later and again from time to time."""
        self.hear("report")
        if self.console.services.settings.check:
            self.set_timer(FIRST_CHECK, self._check)
            self.set_interval(NEXT_CHECK, self._check)

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look again after a change."""
        report = self.console.report
        if report is not None and not report.time and self.console.services.settings.check:
            self.set_timer(FIRST_CHECK, self._check)

    def _check(self) -> None:
        if self.is_active and not self.console.paused:
            self.console.check_unasked()

    def show_state(self) -> None:
        """Bring every panel up to date; a panel that says the same is not painted."""
        live, pulse = self.console.live, self.console.pulse
        self._say("headline", problem_lines(self._problems(), live, looking=self._looking))
        self._say("status", status_lines(pulse, self.console.pulse_error))
        self._draw()
        self._say("incidents-title", (incidents_title(live),))
        if live is not None:
            self.query_one(IncidentTable).show(Shown()(live.incidents), live)

    def on_resize(self) -> None:
        """The drawings take the room there is."""
        self.call_after_refresh(self._draw)

    @on(IncidentTable.Opened)
    def open_incident(self, event: IncidentTable.Opened) -> None:
        """Go to the failure."""
        self.post_message(Open(OpenIncident(event.key)))

    @on(Plots.Resized)
    def fill_plots(self) -> None:
        """Draw the plots for the room they were given."""
        self._draw()

    def action_plots(self) -> None:
        """Show the plots instead of the list, or the list again."""
        self.toggle_class("-plots")

    def copyables(self) -> Sequence[Copyable]:
        """The headline, or everything."""
        return (Copyable("headline", self._text("headline")), Copyable("overview", self.saveable()[1]))

    def saveable(self) -> tuple[str, str]:
        """The panels and the failures as text."""
        panels = map(self._text, ("headline", "status", "rates"))
        return "overview", "\n\n".join(filter(None, (*panels, self.line_table.text)))

    @property
    def _looking(self) -> bool:
        return self.console.services.settings.check and self.console.report is None

    def _problems(self) -> tuple[Problem, ...]:
        console = self.console
        return problems(console.live, console.pulse, console.history or (), console.report)

    def _draw(self) -> None:
        live = self.console.live
        self._say("rates", rate_lines(live, self.size.width - 2))
        plots = self.query_one("#plots")
        if plots.display:
            width, height = plots.size.width // 2 - 2, plots.size.height
            self._say("hour", plot_lines(live, HOUR, width, height))
            self._say("day", plot_lines(live, DAY, width, height))

    def _say(self, panel: str, lines: tuple[Line, ...]) -> None:
        self.query_one(f"#{panel}", Cells).lines = lines

    def _text(self, panel: str) -> str:
        lines = self.query_one(f"#{panel}", Cells).lines
        return "\n".join("".join(cell.text for cell in line).rstrip() for line in lines)
