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
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.finding_lines import finding_lines
from mailtui.screens.findings.commands import FINDINGS
from mailtui.screens.findings.detail import detail, target_of
from mailtui.screens.findings.shown import Shown, covering
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenIncident, OpenNote
from mailtui.screens.widgets import NO_MATCH, Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, clock, counted
from mailtui.services.checks.attention import Memory
from mailtui.services.checks.model import Report
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("area", "Area", 12),
    Column("subject", "What", 20, grow=2),
    Column("title", "Finding", 24, grow=3),
    Column("note", "", 12, only_from=100),
)
FRESH = 60.0
"""Seconds for which a look at everything is not repeated unasked."""
_TERMS: tuple[tuple[str, float | None], ...] = (
    ("for an hour", 3600.0),
    ("for a day", 86400.0),
    ("for a week", 7 * 86400.0),
    ("while it stays what it is", None),
)


class FindingsScreen(ListScreen):
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
        self._memory = Memory({}, {})
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
        super().on_mount()
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
        if report is None or report is not self._report or time.time() - report.time > FRESH:
            self.look_on_return()

    @work(group="read", exclusive=True)
    async def look(self) -> None:
        """Run every check; what was found before stays until then."""
        services = self.console.services
        self._take(self.console.report)
        try:
            memory = await in_thread(services.attention.memory, "attention")
        except MailtuiError as error:
            memory = Memory({}, {})
            self.notify(error.told, severity="warning", markup=False)
        try:
            report = await self.console.check()
        except MailtuiError as error:
            self._trouble = clean(error.told)
            self._show()
            return
        self._memory, self._trouble = memory, ""
        self._take(report)

    def _take_news(self) -> None:
        if self.is_active and self.is_mounted:
            self._take(self.console.report)

    def _take(self, report: Report | None) -> None:
        """Show what was found, the cursor on what was asked for."""
        self._report = report or self._report
        self._show()
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
                return "This console is read-only: nothing is changed."
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
            note = covering(self.current, self._memory.known, time.time())
            told = (" ", f"acknowledged by {note.who}: {note.note}".rstrip(": ")) if note else ()
            lines = (*finding_lines([self.current]), *told)
            target = target_of(self.current, lines)
            incidents = {one.id for one in self.console.live.incidents} if self.console.live else set()
            gone = isinstance(target, OpenIncident) and target.incident_id not in incidents
            self.post_message(Open(OpenNote(clean(self.current.subject), lines) if gone else target))

    def narrow(self, where: Filter) -> None:
        """Keep what matches."""
        self._shown = replace(self._shown, where=where)
        self._show()

    def action_problems(self) -> None:
        """Leave out notices, or show everything."""
        self._shown = replace(self._shown, problems_only=not self._shown.problems_only)
        self._show()

    def action_known(self) -> None:
        """Show what was acknowledged, or hide it."""
        self._shown = replace(self._shown, known_too=not self._shown.known_too)
        self._show()

    def action_mend(self) -> None:
        """Show one plan for the marked findings, or for the one under the cursor; carry it out on a yes."""
        self.propose(partial(self.console.services.mending.plan_of, [one.fix for one in self._mendable]))

    @work(group="dialog", exclusive=True)
    async def action_acknowledge(self) -> None:
        """Keep it quiet for some time; one that is quiet speaks again."""
        finding, attention = self.current, self.console.services.attention
        if finding is None:
            return
        if covering(finding, self._memory.known, time.time()):
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
            self._memory = await in_thread(attention.memory, "attention")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
        self._show()

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

    def _show(self) -> None:
        now = time.time()
        shown = self._shown(self._findings, self._memory, now)
        table = self.query_one(LineTable)
        if self._report is not None:
            table.say_when_empty(NO_MATCH if self._shown.where else "✔ Nothing is wrong.")
        elif self._trouble:
            table.say_when_empty("Nothing could be read: r tries again.")
        table.update_rows([self._row(one, now) for one in shown])
        self.query_one("#summary", Static).update(self._summary(shown, now))
        self._tell()

    def _row(self, one: Finding, now: float) -> TableRow:
        quiet = covering(one, self._memory.known, now)
        style = MUTED if quiet else SEVERITY_STYLE[one.severity]
        return TableRow(
            one.id,
            (
                Content.styled(SEVERITY_MARK[one.severity], style),
                Content.styled(clean(one.area), MUTED),
                Content.styled(clean(one.subject), MUTED if quiet else ""),
                Content.styled(clean(one.title), style),
                Content.styled("acknowledged" if quiet else "", MUTED),
            ),
        )

    def _summary(self, shown: Sequence[Finding], now: float) -> Content:
        if self._trouble:
            return Content.styled(self._trouble, "$text-error")
        if self._report is None:
            return Content.styled("… looking at everything", MUTED)
        quiet = sum(covering(one, self._memory.known, now) is not None for one in self._findings)
        words = [counted(len(shown), "finding")]
        if self._shown.problems_only:
            words.append("only problems (! shows all)")
        if quiet and not self._shown.known_too:
            words.append(f"{quiet} acknowledged (. shows them)")
        done, of = len(self._report.checked), len(self._report.checked) + len(self._report.unchecked)
        at = f" at {clock(self._report.time, now)}" if self._report.time else ""
        words.append(f"{done} of {of} checks{at}, {self._report.seconds:.1f} s")
        wrong = any(one.severity in ("error", "warning") for one in shown)
        return Content.styled("   ".join(words), "$text-warning" if wrong else MUTED)

    def copyables(self) -> Sequence[Copyable]:
        """The finding under the cursor, and all."""
        one = self.current
        mine = (Copyable("finding", "\n".join(finding_lines([one]))), Copyable("id", one.id)) if one else ()
        return (*mine, Copyable("all findings", self.saveable()[1]))

    def saveable(self) -> tuple[str, str]:
        """The marked ones, or all that are shown, with evidence and advice."""
        keys = self.line_table.saved_keys
        return "findings", "\n".join(finding_lines([one for one in self._findings if one.id in keys]))
