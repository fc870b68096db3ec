"""One table: its entries as Postfix reads them, and changing them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.filters import Filter, parse
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.maps.commands import ENTRIES
from mailtui.screens.maps.table import TableScreen
from mailtui.screens.widgets import NO_MATCH, Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_STYLE, counted
from mailtui.services.postfix.maps.remarks import Judged, Remark
from mailtui.services.postfix.maps.rows import MOST, Row, Rows
from mailtui.services.postfix.maps.used import Table
from mailtui.text import clean

COLUMNS = (
    Column("line", "Line", 6, right=True),
    Column("key", "Key", 24, grow=2),
    Column("value", "Value", 24, grow=3),
    Column("note", "", 14, grow=2),
)


class EntriesScreen(TableScreen):
    """The entries of one table."""

    CSS_PATH = "../../styles/maps.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "The entries as they stand in the file.\n"
        "e changes a value, a adds a key, d takes one out: each is a plan with its diff; the table is built beside,\n"
        "asked, and only then put in place. Comments and order stay as they are. V edits the whole text."
    )
    FIELDS = "key value line"
    ACTIONS: ClassVar[tuple[Command, ...]] = ENTRIES
    BINDINGS: ClassVar[list[BindingType]] = bindings(ENTRIES)

    def __init__(self, table: Table, where: str = "") -> None:
        super().__init__()
        self._table = table
        self._where = parse(where)
        self._rows = Rows()
        self._judged = Judged()

    @property
    def crumb(self) -> str:
        """The name of the file."""
        return clean(self._table.file.name if self._table.file else self._table.name)

    def compose_view(self) -> Iterable[Widget]:
        """The filter, how many, the entries."""
        yield FilterBar(self._where)
        yield Static(Content.styled("… reading", MUTED), id="summary")
        yield LineTable(COLUMNS, empty="… reading")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Read it: somebody else may have edited it."""
        self.look_on_return()

    @property
    def table(self) -> Table:
        """The table that is shown."""
        return self._table

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self._judged.findings

    @property
    def current(self) -> Row | None:
        """The entry under the cursor."""
        return self._rows.by_line.get(self.query_one(LineTable).cursor_key or "")

    def why_not(self, action: str) -> str:
        """An entry is edited where there is one; patterns are edited as text."""
        if action in ("edit", "remove") and self.current is None:
            return "There is no entry here."
        return super().why_not(action)

    def acted(self, receipt: Receipt) -> None:
        """The table is another one now."""
        self.look()

    def look(self) -> None:
        """Read and judge it again."""
        self._read()
        self._judge()

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        """Read and filter in a thread: a table may have a million entries."""
        try:
            self._rows = await in_thread(partial(self.maps.rows, self._table, self._where), "map")
        except MailtuiError as error:
            self.fail(error)
            return
        self.query_one(LineTable).say_when_empty(NO_MATCH if self._where else "The table has no entry.")
        self._show()

    @work(group="judge", exclusive=True)
    async def _judge(self) -> None:
        """What is wrong, entry by entry: later, since it asks other tables."""
        try:
            self._judged = await in_thread(partial(self.maps.judge, self._table), "map")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
        self._show()

    def _show(self) -> None:
        remarks = {remark.line: remark for remark in reversed(self._judged.remarks)}
        self.query_one(LineTable).update_rows([_cells(row, remarks.get(row.line)) for row in self._rows.rows])
        self.query_one("#summary", Static).update(self._summary())
        self.refresh_bindings()

    def _summary(self) -> Content:
        rows = self._rows
        words = [counted(rows.total, "entry", "entries")]
        if self._where:
            words = [f"{rows.matching} of {words[0]}"]
        if rows.matching > MOST:
            words.append(f"the first {MOST} are shown: / finds the others")
        if self.findings:
            words.append(f"{counted(len(self.findings), 'finding')}: ! tells")
        return Content.styled("   ".join(words), "$text-warning" if self.findings else MUTED)

    def narrow(self, where: Filter) -> None:
        """Keep what matches; the whole table is asked, not the rows that are shown."""
        self._where = where
        self._read()

    @on(LineTable.Opened)
    def open_entry(self) -> None:
        """Opening an entry is editing it."""
        objection = self.why_not("edit")
        if objection:
            self.notify(objection, markup=False)
        else:
            self.action_edit()

    @work(group="dialog", exclusive=True)
    async def action_edit(self) -> None:
        """Ask for another value."""
        row = self.current
        if row is None:
            return
        value = await self._ask_value(f"Value of {row.key}", row.value)
        if value is not None and value != row.value:
            self.propose(partial(self.plans.set, self.file, row.raw_key, value))

    @work(group="dialog", exclusive=True)
    async def action_add(self) -> None:
        """Ask for a key, then its value."""
        key = await self.app.push_screen_wait(PromptDialog("New key", hint="An address, @domain, user or network"))
        value = key and await self._ask_value(f"Value of {clean(key)}")
        if key and value:
            self.propose(partial(self.plans.set, self.file, key, value))

    async def _ask_value(self, title: str, value: str = "") -> str | None:
        """A password is typed blind."""
        secret = self._table.holds_secrets
        shown = "" if secret else value
        dialog = PromptDialog(title, value=shown, hint="As this table wants it", secret=secret)
        return await self.app.push_screen_wait(dialog)

    def action_remove(self) -> None:
        """Take the entry out."""
        if self.current is not None:
            self.propose(partial(self.plans.unset, self.file, self.current.raw_key))

    def copyables(self) -> Sequence[Copyable]:
        """Key, value, both."""
        row = self.current
        if row is None:
            return ()
        return Copyable("key", row.key), Copyable("value", row.value), Copyable("entry", f"{row.key}\t{row.value}")

    def saveable(self) -> tuple[str, str]:
        """The marked entries, or all that are shown, as they would be written."""
        shown = (self._rows.by_line[key] for key in self.line_table.saved_keys)
        return self.crumb, "\n".join(f"{row.key}\t{row.value}" for row in shown)


def _cells(row: Row, remark: Remark | None) -> TableRow:
    style = SEVERITY_STYLE[remark.severity] if remark else ""
    return TableRow(
        row.name,
        (
            Content.styled(str(row.line), MUTED),
            Content.styled(row.key, style),
            Content(row.value),
            Content.styled(remark.text if remark else "", style),
        ),
    )
