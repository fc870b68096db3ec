"""Every port: what is set, who has it open, what it shows, and what is wrong with how TLS is set there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.findings import SEVERITIES, Finding, Severity, worst
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.certificates.mending import FRESH, MendingView
from mailtui.screens.commands import Command, bindings
from mailtui.screens.listeners.commands import ACTIONS
from mailtui.screens.listeners.telling import begins, comes, lines, process, shows, visits
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.services.tls.listeners import Row
    from mailtui.services.tls.serving import Shown

COLUMNS = (
    Column("severity", "", 1),
    Column("port", "Port", 5, right=True),
    Column("address", "Address", 15, grow=1),
    Column("service", "Set by", 20, grow=1),
    Column("tls", "TLS", 8),
    Column("who", "Who comes", 14, only_from=110),
    Column("process", "Open by", 18, grow=1, only_from=80),
    Column("shows", "Shows", 20, grow=2),
)


class ListenersScreen(MendingView):
    """The list of ports."""

    CSS_PATH = "../../styles/certificates.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "The ports that master.cf and Dovecot are set to open, and those they have open; what each shows to a client.\n"
        "enter tells all of a port; ! what is wrong with it or with how TLS is set there; R mends it.\n"
        "Whether strangers get through a firewall to a port cannot be seen from inside."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()
        self._shown: Sequence[Shown] = ()
        self._left_out: Sequence[str] = ()
        self._findings: Sequence[Finding] = ()
        self._asking = True
        self._looked = 0.0

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Ports"

    def compose_view(self) -> Iterable[Widget]:
        """How many, and the list."""
        yield Static(Content.styled("… looking at sockets", MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS, empty="… looking at sockets")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look again, unless that was just done."""
        if time.time() - self._looked > FRESH:
            self.look_on_return()

    @property
    def current(self) -> Row | None:
        """The port under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return next((row for row in self._rows if _key(row) == key), None)

    @property
    def about(self) -> str:
        """Its address and number."""
        return f"{self.current.address} {self.current.port}" if self.current else ""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self._of(self.current) if self.current else ()

    def look(self) -> None:
        """Look again."""
        self._read()

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        """First what is open, which is quick; then what the settings say, and what every port shows."""
        services = self.console.services
        self._asking = True
        try:
            self._rows = await in_thread(lambda: services.listeners.rows(), "ports")
            self._show()
            self._findings = await in_thread(lambda: services.tls_audit.findings(ask=False), "tls")
            survey = await in_thread(lambda: services.serving.survey(), "certificates")
            self._shown, self._left_out = survey.shown, survey.left_out
        except MailtuiError as error:
            self.fail(error)
            return
        self._asking, self._looked = False, time.time()
        self._show()

    @on(LineTable.Opened)
    def open_port(self) -> None:
        """Everything that is known of it."""
        row = self.current
        if row is not None:
            self.post_message(Open(OpenNote(self.about, tuple(map(clean, lines(row, self._shown_on(row)))))))

    @work(group="who", exclusive=True)
    async def action_who(self) -> None:
        """Read the log for who came there."""
        row = self.current
        if row is None or row.listener is None:
            return
        listener, beside = row.listener, [one.listener for one in self._rows if one.listener]
        try:
            found = await in_thread(lambda: self.console.services.visitors.of(listener, beside), "logins")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        self.post_message(Open(OpenNote(f"Who comes to {listener.name}", tuple(visits(found, time.time())))))

    def why_not(self, action: str) -> str:
        """Who comes is known of ports that are set."""
        if action == "who" and (self.current is None or self.current.listener is None):
            return "This port is set nowhere: who comes there is not in our logs."
        return super().why_not(action)

    def copyables(self) -> Sequence[Copyable]:
        """The port, and all that is known of it."""
        row = self.current
        if row is None:
            return ()
        return Copyable("port", str(row.port)), Copyable("all of it", "\n".join(lines(row, self._shown_on(row))))

    def saveable(self) -> tuple[str, str]:
        """The marked ones, or all that are shown, with all that is known."""
        keys = self.line_table.saved_keys
        told = ("\n".join((_key(row), *lines(row, self._shown_on(row)))) for row in self._rows if _key(row) in keys)
        return "ports", "\n\n".join(told)

    def _shown_on(self, row: Row) -> Sequence[Shown]:
        if row.listener is None:
            return ()
        where = (row.listener.reached_at, row.port)
        return [one for one in self._shown if (one.listener.reached_at, one.listener.port) == where]

    def _of(self, row: Row) -> Sequence[Finding]:
        """Those that name the port, or the service that has it."""
        names = {row.listener.name, row.listener.service} if row.listener else set()
        return [one for one in self._findings if names & set(one.subject.split())]

    def _severity(self, row: Row) -> Severity:
        """How bad it stands with a port: open at all, showing what it should, set as it should be."""
        if row.state != "listening":
            return "error"
        shown = [one for one in self._shown_on(row) if one.verdict not in ("same", "unknown")]
        return min(worst(self._of(row)), "warning" if shown else "ok", key=SEVERITIES.index)

    def _show(self) -> None:
        table = self.query_one(LineTable)
        table.say_when_empty("Neither Postfix nor Dovecot is set to listen anywhere.")
        table.update_rows([self._cells(row) for row in self._rows])
        self.query_one("#summary", Static).update(self._summary())
        self.refresh_bindings()

    def _summary(self) -> Content:
        wrong = [row for row in self._rows if row.state != "listening"]
        words = [*map(clean, self._left_out), counted(len(self._rows), "port")]
        words.append(f"{len(wrong)} not as set" if wrong else "each open as it is set")
        if self._asking:
            words.append("… asking each what it shows")
        problems = sum(one.severity in ("error", "warning") for one in self._findings)
        if problems:
            words.append(f"{counted(problems, 'finding')} about TLS settings (0 lists all)")
        return Content.styled("   ".join(words), "$text-warning" if wrong or problems or self._left_out else MUTED)

    def _cells(self, row: Row) -> TableRow:
        severity = self._severity(row)
        wrong = severity in ("error", "warning")
        return TableRow(
            _key(row),
            (
                Content.styled(SEVERITY_MARK[severity] if wrong else " ", SEVERITY_STYLE[severity]),
                Content(str(row.port)),
                Content(clean(row.address)),
                Content(clean(row.listener.service) if row.listener else "–"),
                Content(begins(row)),
                Content.styled(comes(row), MUTED),
                process(row),
                shows(row, self._shown_on(row)),
            ),
        )


def _key(row: Row) -> str:
    service = row.listener.service if row.listener else ""
    return f"{row.address} {row.port} {service}"
