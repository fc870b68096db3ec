"""The files of one mailbox: every field with its value, its meaning and its place, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.mailboxes.commands import FILES
from mailtui.screens.mailboxes.view import MailboxView, name_of
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.inspecting import Row, Section
from mailtui.text import clean

COLUMNS = (
    Column("offset", "Byte", 9, right=True),
    Column("label", "What", 28, grow=1),
    Column("value", "Value", 24, grow=2),
    Column("meaning", "Meaning", 20, grow=2),
)


class FilesScreen(MailboxView):
    """One mailbox, looked into."""

    CSS_PATH = "../../styles/mailboxes.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "The index, its log, its cache, dovecot-uidlist and dovecot-keywords as they are on disk; n and N change\n"
        "the part. Nothing is locked and nothing written. ! tells what is wrong, R mends it."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = FILES
    BINDINGS: ClassVar[list[BindingType]] = bindings(FILES)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._sections: Sequence[Section] = ()
        self._at = 0

    @property
    def crumb(self) -> str:
        """The mailbox."""
        return name_of(self._look)

    def compose_view(self) -> Iterable[Widget]:
        """The parts, a note, the rows."""
        yield Static(Content.styled("… reading the files", MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS, empty="… reading the files")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Read them."""
        self.look_again()

    @property
    def looks(self) -> Sequence[Look]:
        """Only what is shown."""
        return (self._look,)

    def look_again(self) -> None:
        """Read them again."""
        self._read()

    def action_part(self, step: int) -> None:
        """Another part."""
        if self._sections:
            self._at = (self._at + step) % len(self._sections)
            self._show()

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        try:
            self._look, self._sections = await in_thread(partial(self.mailboxes.inspect, self._look.mailbox), "files")
        except MailtuiError as error:
            self.fail(error)
            return
        self._at = min(self._at, len(self._sections) - 1)
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        section = self._sections[self._at]
        parts = [f"{section.title}  ({self._at + 1} of {len(self._sections)})"]
        damages = [f"{damage.title}: {clean(damage.evidence)}" for damage in self._look.damages]
        lines = [Content.styled(parts[0], "bold"), *(Content.styled(text, "$text-error") for text in damages[:3])]
        lines += [Content.styled(section.note, MUTED)] if section.note else []
        self.query_one("#summary", Static).update(Content("\n").join(lines))
        self.query_one(LineTable).say_when_empty("Nothing to show.")
        self.query_one(LineTable).update_rows([_cells(at, row) for at, row in enumerate(section.rows)])

    def copyables(self) -> Sequence[Copyable]:
        """The row, and the part."""
        table = self.query_one(LineTable)
        if not self._sections or table.cursor_key is None:
            return ()
        row = self._sections[self._at].rows[int(table.cursor_key)]
        return Copyable("row", _told(row)), Copyable("part", self.saveable()[1])

    def saveable(self) -> tuple[str, str]:
        """The part that is shown."""
        rows = self._sections[self._at].rows if self._sections else ()
        return self.crumb, "\n".join(map(_told, rows))


def _told(row: Row) -> str:
    return "\t".join((str(row.offset if row.offset is not None else ""), row.label, row.value, row.meaning))


def _cells(at: int, row: Row) -> TableRow:
    offset = "" if row.offset is None else str(row.offset)
    cells = (Content.styled(offset, MUTED), Content(row.label), Content(row.value), Content.styled(row.meaning, MUTED))
    return TableRow(str(at), cells)
