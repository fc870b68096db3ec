"""Everything that is wrong with this machine, the gravest first, and the plan that mends it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.filters import Filter
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.findings.commands import FINDINGS
from mailtui.screens.findings.detail import detail, target_of
from mailtui.screens.findings.quieting import QuietingView
from mailtui.screens.findings.rows import COLUMNS, row, summary
from mailtui.screens.findings.shown import Shown, covering
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenIncident, OpenNote
from mailtui.screens.widgets import NO_MATCH, FilterBar, LineTable
from mailtui.screens.words import MUTED, READ_ONLY
from mailtui.services.checks.model import Report
from mailtui.text import clean

FRESH = 60.0
"""Seconds for which a look at everything is not repeated unasked."""


class FindingsScreen(QuietingView):
    """The list of findings."""

    CSS_PATH = "../../styles/findings.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "What every check finds: services, disks, logs, queue, maps, mailboxes, certificates, configuration, DNS.\n"
        "enter tells evidence and advice; R shows the plan that mends it, or all that are marked (space, * for all);\n"
        "A keeps it quiet for some time."
    )
    FIELDS = "severity area subject title id news (new changed known)"
    ACTIONS: ClassVar[tuple[Command, ...]] = FINDINGS
    BINDINGS: ClassVar[list[BindingType]] = bindings(FINDINGS)

    def __init__(self, stand_on: str = "") -> None:
        super().__init__()
        self._stand_on = stand_on
        self._shown = Shown()
        self._report: Report | None = None
        self._trouble = ""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Findings"

    def compose_view(self) -> Iterable[Widget]:
        """The filter, how many, the list."""
        yield FilterBar(self._shown.where)
        yield Static(Content.styled("… looking at everything", MUTED), id="summary")
        yield LineTable(COLUMNS, empty="… looking at everything")
        yield Static(id="detail")

    def on_mount(self) -> None:
        """Tell of the finding under the cursor."""
        self.hear("report", tell=self._take_news)
        self.watch(self.query_one(LineTable), "cursor", self._tell, init=False)

    def _tell(self) -> None:
        one = self.current
        mendable = one is not None and self.console.services.mending.can(one.fix)
        self.query_one("#detail", Static).update(detail(one, mendable=mendable))
        self.refresh_bindings()

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look again, unless that was just done."""
        report = self.console.report
        if report is not None and time.time() - report.time <= FRESH:
            self._recall(report)
        else:
            self.look_on_return()

    @work(group=READING, exclusive=True)
    async def _recall(self, report: Report) -> None:
        await self.remember()
        self._take(report)

    @work(group=READING, exclusive=True)
    async def look(self) -> None:
        """Run every check; what was found before stays until then."""
        self._take(self.console.report)
        await self.remember()
        try:
            report = await self.console.check()
        except MailtuiError as error:
            self._trouble = clean(error.told)
            self.show_findings()
            return
        self._trouble = ""
        self._take(report)

    def _take_news(self) -> None:
        if self.is_active and self.is_mounted:
            self._take(self.console.report)

    def _take(self, report: Report | None) -> None:
        """Show what was found, the cursor on what was asked for."""
        self._report = report or self._report
        self.show_findings()
        if self._stand_on and self._report is not None:
            self.query_one(LineTable).stand_on(self._stand_on)
            self._stand_on = ""

    @property
    def current(self) -> Finding | None:
        """The finding under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return next((one for one in self._findings if one.id == key), None)

    def why_not(self, action: str) -> str:
        """What is not there cannot be mended; nor what nothing here can mend."""
        if action in ("mend", "acknowledge") and self.current is None:
            return "There is no finding here."
        if action == "mend":
            if self.console.services.settings.read_only:
                return READ_ONLY
            if not self._mendable:
                return "No plan mends this by itself; enter says what to do."
        return ""

    def acted(self, receipt: Receipt) -> None:
        """Something was mended: see what is left."""
        self.look()

    @on(LineTable.Opened)
    def open_finding(self) -> None:
        """What it is about: the failure in the log, or its evidence and what to do."""
        if self.current is not None:
            note = covering(self.current, self.memory.known, time.time())
            told = (" ", f"acknowledged by {note.who}: {note.note}".rstrip(": ")) if note else ()
            lines = (*finding_lines([self.current]), *told)
            target = target_of(self.current, lines)
            incidents = {one.id for one in self.console.live.incidents} if self.console.live else set()
            gone = isinstance(target, OpenIncident) and target.incident_id not in incidents
            self.post_message(Open(OpenNote(clean(self.current.subject), lines) if gone else target))

    def narrow(self, where: Filter) -> None:
        """Keep what matches."""
        self._shown = replace(self._shown, where=where)
        self.show_findings()

    def action_problems(self) -> None:
        """Leave out notices, or show everything."""
        self._shown = replace(self._shown, problems_only=not self._shown.problems_only)
        self.show_findings()

    def action_known(self) -> None:
        """Show what was acknowledged, or hide it."""
        self._shown = replace(self._shown, known_too=not self._shown.known_too)
        self.show_findings()

    def action_mend(self) -> None:
        """Show one plan for the marked findings, or for the one under the cursor; carry it out on a yes."""
        self.propose(partial(self.console.services.mending.plan_of, [one.fix for one in self._mendable]))

    @property
    def _mendable(self) -> Sequence[Finding]:
        """Those of the marked findings, or the one under the cursor, that a plan mends."""
        keys = self.query_one(LineTable).chosen_keys
        return [one for one in self._findings if one.id in keys and self.console.services.mending.can(one.fix)]

    @on(LineTable.MarksChanged)
    def marks_changed(self) -> None:
        """Other keys make sense now."""
        self.refresh_bindings()

    @property
    def _findings(self) -> Sequence[Finding]:
        return self._report.findings if self._report else ()

    def show_findings(self) -> None:
        """Bring the list and the line above it up to date."""
        now = time.time()
        shown = self._shown(self._findings, self.memory, now)
        table = self.query_one(LineTable)
        if self._report is not None:
            table.say_when_empty(NO_MATCH if self._shown.where else "✔ Nothing is wrong.")
        elif self._trouble:
            table.say_when_empty("Nothing could be read: r tries again.")
        table.update_rows([row(one, quiet=self.is_quiet(one, now)) for one in shown])
        self.query_one("#summary", Static).update(self._summary(shown, now))
        self._tell()

    def _summary(self, shown: Sequence[Finding], now: float) -> Content:
        if self._trouble:
            return Content.styled(self._trouble, "$text-error")
        if self._report is None:
            return Content.styled("… looking at everything", MUTED)
        quiet = 0 if self._shown.known_too else sum(self.is_quiet(one, now) for one in self._findings)
        return summary(self._report, shown, quiet, now, problems_only=self._shown.problems_only)

    def copyables(self) -> Sequence[Copyable]:
        """The finding under the cursor, and all."""
        one = self.current
        mine = (Copyable("finding", "\n".join(finding_lines([one]))), Copyable("id", one.id)) if one else ()
        return (*mine, Copyable("all findings", self.saveable()[1]))

    def saveable(self) -> tuple[str, str]:
        """The marked ones, or all that are shown, with evidence and advice."""
        keys = self.line_table.saved_keys
        return "findings", "\n".join(finding_lines([one for one in self._findings if one.id in keys]))
