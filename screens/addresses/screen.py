"""Where mail for an address goes: every table that is asked, in Postfix's own order, and the end of the way."""

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
from mailtui.host.errors import MailtuiError
from mailtui.screens.addresses.asked import HINT, objection, read, written
from mailtui.screens.addresses.commands import ADDRESSES
from mailtui.screens.addresses.mending import edit_step
from mailtui.screens.addresses.shown import COLUMNS, decisive, is_wrong, place, rows, text, verdict
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.listing import ListScreen
from mailtui.screens.maps.commands import EDIT
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenAddress, OpenNote, OpenRules, OpenTable
from mailtui.screens.widgets import FilterBar, LineTable
from mailtui.screens.words import MUTED, READ_ONLY
from mailtui.services.postfix.addresses.answering import table_of, why_not_edited
from mailtui.services.postfix.addresses.model import Resolution, Step
from mailtui.services.postfix.restrictions.judging.session import Session, usual_helo
from mailtui.text import clean


class AddressesScreen(ListScreen):
    """The way of one address; without one it asks for it first."""

    CSS_PATH = "../../styles/addresses.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "Every key that smtpd, cleanup, trivial-rewrite and the delivery agent look up for an address, in order,\n"
        "what each table answers, and where that stands. enter on a step opens its table at that line, e gives its\n"
        "entry another value; K asks for another address, with a sender (from A) or a client (client IP)."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = (EDIT, *ADDRESSES)
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, asked: OpenAddress | None = None) -> None:
        super().__init__()
        self._asked = asked
        self._found: Resolution | None = None
        self._answers_only = False
        self._left = False
        """Whether a table was opened from here."""

    @property
    def crumb(self) -> str:
        """The address, once there is one."""
        return clean(self._asked.address) if self._asked else "Addresses"

    def compose_view(self) -> Iterable[Widget]:
        """The verdict, and the steps."""
        yield Static(Content.styled("K asks where mail for an address goes.", MUTED), id="verdict")
        yield FilterBar()
        yield LineTable(COLUMNS)

    def on_mount(self) -> None:
        """Follow the address, or ask for one."""
        if self._asked is None:
            self.action_ask()
        else:
            self._resolve(self._asked)

    @work(group="dialog", exclusive=True)
    async def action_ask(self) -> None:
        """Ask for an address."""
        value = written(self._asked)
        words = await self.app.push_screen_wait(PromptDialog("Mail for", value=value, hint=HINT, refuse=objection))
        if words is not None:
            self._asked = read(words)
            self._resolve(self._asked)

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Follow it again after a look into a table, which may have been changed there."""
        if self._asked is not None and self._left:
            self._left = False
            self._resolve(self._asked)

    @work(group="resolve", exclusive=True)
    async def _resolve(self, asked: OpenAddress) -> None:
        said = self.query_one("#verdict", Static)
        said.update(Content.styled(f"… following {clean(asked.address)}", MUTED))
        resolver = self.console.services.resolver
        try:
            found = await in_thread(partial(resolver.resolve, asked.address, asked.sender, asked.client), "resolve")
        except MailtuiError as error:
            self._found = None
            self._show()
            self.fail(error)
            return
        self._found = found
        said.update(verdict(found, asked))
        self._show()
        self.line_table.stand_on(str(decisive(found)))
        self._learned()

    def _show(self) -> None:
        table = self.query_one(LineTable)
        steps = self._found.steps if self._found else ()
        table.say_when_empty("No table is asked for it." if self._found else "")
        table.update_rows(rows(steps, answers_only=self._answers_only))
        self.refresh_bindings()

    @property
    def current(self) -> Step | None:
        """The step under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return self._found.steps[int(key)] if self._found and key is not None else None

    @on(LineTable.Opened)
    def open_step(self) -> None:
        """The table at the line of the answer, or what the step is where there is no table to look into."""
        step = self.current
        if step is None:
            return
        table = table_of(step)
        if table.file is not None:
            self._left = True
            self.post_message(Open(OpenTable(table, f"line={step.line}" if step.line else "")))
        else:
            lines = (f"{step.parameter}: {step.table}", f"{step.key} → {step.result or 'no entry'}")
            self.post_message(Open(OpenNote(step.parameter, lines)))

    @work(group="dialog", exclusive=True)
    async def action_edit(self) -> None:
        """Another value for the entry that answered."""
        if self.current is not None and self._found is not None:
            await edit_step(self, self.current, wrong=is_wrong(self._found))

    def acted(self, receipt: Receipt) -> None:
        """Mail may go elsewhere now."""
        if self._asked is not None:
            self._resolve(self._asked)

    def action_answers(self) -> None:
        """Leave out keys without an entry, or show them."""
        self._answers_only = not self._answers_only
        self._show()

    def action_rules(self) -> None:
        """What smtpd asks of clients, and of the one that was asked about."""
        asked = self._asked
        session = None
        if asked is not None and asked.client:
            helo = usual_helo(asked.client)
            session = Session(asked.client, helo=helo, sender=asked.sender, recipient=asked.address)
        self.post_message(Open(OpenRules(session)))

    def why_not(self, action: str) -> str:
        """Without an address there are no answers; what did not answer from a file has no entry."""
        if action == "edit" and self.console.services.settings.read_only:
            return READ_ONLY
        if action == "edit":
            return why_not_edited(self.current)
        return "Ask for an address first: K." if action == "answers" and self._found is None else ""

    def copyables(self) -> Sequence[Copyable]:
        """The step, how to ask it by hand, the reply."""
        found, step = self._found, self.current
        if found is None:
            return ()
        mine = (
            Copyable("place", place(step)),
            Copyable("key", step.key),
            Copyable("answer", step.result or ""),
        ) if step else ()  # fmt: skip
        return (*mine, Copyable("reply", found.reply), Copyable.each("final address", (f.address for f in found.final)))

    def saveable(self) -> tuple[str, str]:
        """The verdict with the marked steps, or with all that are shown."""
        return ("address", "\n".join(text(self._found, self.line_table.saved_keys))) if self._found else ("", "")
