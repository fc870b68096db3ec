"""Every lookup table in use: type, file, who uses it, and whether something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.findings import Finding, worst
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.maps.commands import TABLES
from mailtui.screens.maps.table import TableScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenTable
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.services.postfix.maps.used import Table
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("type", "Type", 9),
    Column("file", "Table", 24, grow=2, keep_end=True),
    Column("uses", "Used by", 20, grow=2),
    Column("state", "State", 20, grow=1),
)


class MapsScreen(TableScreen):
    """The list of tables."""

    CSS_PATH = "../../styles/maps.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "Every table that main.cf and master.cf name. enter opens one; B compiles it; K asks it for a key.\n"
        "✖ and ▲: something is wrong, ! tells what. Tables in a database are asked, not edited."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = TABLES
    BINDINGS: ClassVar[list[BindingType]] = bindings(TABLES)

    def __init__(self) -> None:
        super().__init__()
        self._tables: dict[str, Table] = {}
        self._findings: tuple[Finding, ...] = ()

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Maps"

    def compose_view(self) -> Iterable[Widget]:
        """How many, and the list."""
        yield Static(Content.styled("… asking Postfix", MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS, empty="… asking Postfix")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look again: files change behind our back."""
        self.look_on_return()

    @property
    def table(self) -> Table | None:
        """The table under the cursor."""
        return self._tables.get(self.query_one(LineTable).cursor_key or "")

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self._about(self.table) if self.table else ()

    def acted(self, receipt: Receipt) -> None:
        """A table was built."""
        self.look()

    @work(group=READING, exclusive=True)
    async def look(self) -> None:
        """Ask Postfix and look at the files."""
        try:
            tables = await in_thread(self.maps.survey, "maps")
            self._tables = {table.name: table for table in tables}
            self._show("… looking at them" if not self._findings else "")
            self._findings = await in_thread(self.maps.check, "maps")
        except MailtuiError as error:
            self.fail(error)
            return
        self._show()

    def _show(self, state: str = "") -> None:
        """The tables with what is known of them; ``state`` stands in place of how many findings there are."""
        self.query_one(LineTable).say_when_empty("Postfix uses no lookup table: main.cf and master.cf name none.")
        self.query_one(LineTable).update_rows([self._row(table) for table in self._tables.values()])
        wrong = [finding for finding in self._findings if finding.severity in ("error", "warning")]
        told = state or (counted(len(wrong), "finding") if wrong else "nothing wrong")
        text = f"{counted(len(self._tables), 'table')}   {told}"
        self.query_one("#summary", Static).update(Content.styled(text, "$text-warning" if wrong else MUTED))
        self.refresh_bindings()

    @on(LineTable.Opened)
    def open_table(self) -> None:
        """Its entries."""
        if self.table is not None:
            self.post_message(Open(OpenTable(self.table)))

    def copyables(self) -> Sequence[Copyable]:
        """The table's name and file."""
        return (Copyable("table", self.table.name), Copyable("file", str(self.table.file or ""))) if self.table else ()

    def _about(self, table: Table) -> Sequence[Finding]:
        return [finding for finding in self._findings if finding.subject == clean(table.name)]

    def _row(self, table: Table) -> TableRow:
        about = self._about(table)
        severity = worst(about)
        style = SEVERITY_STYLE[severity] if about else MUTED
        return TableRow(
            table.name,
            (
                Content.styled(SEVERITY_MARK[severity] if about else " ", style),
                Content(clean(table.kind)),
                Content(clean(str(table.file or table.name.partition(":")[2]))),
                Content.styled(", ".join(map(str, table.uses)), MUTED),
                Content.styled(about[0].title if about else "", style),
            ),
        )
