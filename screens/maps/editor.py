"""One table as text: what is wrong with it stands below while it is typed; saving is a plan."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from mailtui.changes.plan import Receipt
from mailtui.findings import Finding
from mailtui.host.editor import in_editor
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import ConfirmDialog, PromptDialog
from mailtui.screens.maps.commands import EDITOR
from mailtui.screens.maps.plain_text import PlainText, objection
from mailtui.screens.maps.table import TableScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.services.postfix.maps.remarks import Remark
from mailtui.services.postfix.maps.used import Table
from mailtui.text import clean

PAUSE = 0.2
"""Seconds without a key after which the text is looked at."""
COLUMNS = (
    Column("severity", "", 1),
    Column("line", "Line", 6, right=True),
    Column("text", "What is wrong", 40, grow=1),
)


class TextScreen(TableScreen):
    """The text of one table, edited."""

    CSS_PATH = "../../styles/maps.tcss"
    AUTO_FOCUS = "PlainText"
    HELP = (
        "The text as it stands in the file. Below it, while you type: what Postfix would make of it.\n"
        "tab goes there and back, enter to the line it is about. ctrl+s shows the plan: the table is built beside,\n"
        "every changed key asked, and only then put in place. f3 asks this text for a key, saved or not.\n"
        "ctrl+o takes the text into $EDITOR, on a private copy, and brings it back here."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = EDITOR
    BINDINGS: ClassVar[list[BindingType]] = bindings(EDITOR)

    def __init__(self, table: Table, *, outside: bool = False) -> None:
        super().__init__()
        self._table = table
        self._outside = outside
        self._before: bytes | None = None
        self._data = b""
        self._remarks: tuple[Remark, ...] = ()
        self._error = ""

    @property
    def crumb(self) -> str:
        """That it is text now."""
        return "text"

    def compose_view(self) -> Iterable[Widget]:
        """A word on the state, the text, what is wrong with it."""
        yield Static(Content.styled("… reading", MUTED), id="summary")
        yield PlainText(show_line_numbers=True, soft_wrap=False, compact=True)
        yield LineTable(COLUMNS, empty="Nothing is wrong with it.")

    def on_mount(self) -> None:
        """Read it once: what comes later from elsewhere is noticed when it is saved."""
        self._read()

    @property
    def table(self) -> Table:
        """The table that is edited."""
        return self._table

    @property
    def findings(self) -> Sequence[Finding]:
        """They stand on the page itself."""
        return ()

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self._before is not None and self._data != self._before

    def why_not(self, action: str) -> str:
        """Nothing before it is read; saving where something was changed."""
        if action in ("write", "outside", "try_key") and self._before is None:
            return self._error or "The text has not been read yet."
        if action == "write" and not self.is_changed:
            return "Nothing has been changed."
        return super().why_not(action)

    def acted(self, receipt: Receipt) -> None:
        """What was saved is what there is."""
        if receipt.done:
            self._read()

    # the text

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        try:
            data = await in_thread(partial(self.maps.text, self._table), "map")
        except MailtuiError as error:
            self._error = clean(error.told)
            self.query_one("#summary", Static).update(Content.styled(self._error, "$text-error"))
            return
        self._before = data
        self._take(data)
        if self._outside:
            self._outside = False
            self.action_outside()

    def _take(self, data: bytes) -> None:
        """Show a text; one that cannot be shown as it is stays as it is, and is edited outside."""
        self._data = data
        area = self.query_one(PlainText)
        against = "Its values are passwords." if self._table.holds_secrets else objection(data)
        area.read_only = bool(against) or bool(super().why_not("edit"))
        shown = f"This text is not edited here: {against} ctrl+o takes it into $EDITOR." if against else data.decode()
        if area.text != shown:
            area.load_text(shown)
        self._look()

    @on(TextArea.Changed)
    def typed(self, event: TextArea.Changed) -> None:
        """Keep what is typed, and look at it when the hands rest."""
        if self._before is not None and not event.text_area.read_only:
            self._data = event.text_area.text.encode()
            self._look()

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        self._summarize()
        await asyncio.sleep(PAUSE)
        try:
            found = await in_thread(partial(self.maps.remarks, self._table, self._data), "remarks")
        except MailtuiError as error:
            self.notify(error.message, severity="warning", markup=False)
            return
        self._remarks = tuple(found)
        self.query_one(LineTable).update_rows([_cells(number, remark) for number, remark in enumerate(self._remarks)])
        self._summarize()

    def _summarize(self) -> None:
        words = [clean(str(self._table.file)), counted(self._data.count(b"\n"), "line")]
        words.append("changed, ctrl+s saves" if self.is_changed else "as it stands in the file")
        if self._remarks:
            words.append(counted(len(self._remarks), "remark"))
        style = "$text-warning" if self.is_changed else MUTED
        self.query_one("#summary", Static).update(Content.styled("   ".join(words), style))
        self.refresh_bindings()

    @on(LineTable.Opened)
    def go_to(self, event: LineTable.Opened) -> None:
        """The line that a remark is about."""
        area = self.query_one(PlainText)
        area.move_cursor((self._remarks[int(event.key)].line - 1, 0), center=True)
        area.focus()

    # what is done with it

    def action_write(self) -> None:
        """Save by a plan."""
        assert self._before is not None
        self.propose(partial(self.plans.edit, self.file, self._before, self._data))

    def action_outside(self) -> None:
        """Into the operator's editor and back."""
        try:
            with self.app.suspend():
                data = in_editor(self._data, self.crumb_file)
        except SuspendNotSupported:
            self.notify("This terminal cannot be lent to another program.", severity="warning", markup=False)
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
        else:
            self._take(data)

    @property
    def crumb_file(self) -> str:
        """The file's own name, so that the editor knows its form."""
        return self.file.name

    @work(group="dialog", exclusive=True)
    async def action_try_key(self) -> None:
        """Ask the text, not the table that is in use."""
        key = await self.app.push_screen_wait(PromptDialog("Ask this text", hint="A key, as Postfix looks it up"))
        if not key:
            return
        try:
            asked = await in_thread(partial(self.maps.try_key, self._table, self._data, key), "postmap")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        answer = asked.problem or ("no such key" if asked.value is None else asked.value)
        self.post_message(Open(OpenNote(clean(key), (clean(answer),))))

    @work(group="dialog", exclusive=True)
    async def action_close(self) -> None:
        """Go back; what is not saved is given up after a yes only."""
        if self.is_changed:
            lines = ("What was typed here is lost then. The file is as it was.",)
            if not await self.app.push_screen_wait(
                ConfirmDialog("Give up the changes?", lines, yes="Give up", no="Stay")
            ):
                return
        self.dismiss()


def _cells(number: int, remark: Remark) -> TableRow:
    style = SEVERITY_STYLE[remark.severity]
    cells = (
        Content.styled(SEVERITY_MARK[remark.severity], style),
        Content.styled(str(remark.line), MUTED),
        Content(remark.text),
    )
    return TableRow(str(number), cells)
