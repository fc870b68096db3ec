"""What smtpd lets in: the rules of each service in order, tried on a client; an entry tried on the last day."""

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

from mailtui.host.errors import MailtuiError
from mailtui.screens.addresses.commands import RULES
from mailtui.screens.addresses.rules_asked import (
    CLIENT_HINT,
    ENTRY_HINT,
    entry_objection,
    read_entry,
    read_session,
    session_objection,
    written,
)
from mailtui.screens.addresses.rules_shown import COLUMNS, Line, head, order_lines, replay_lines, rows, step_lines, text
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote, OpenTable
from mailtui.screens.widgets import FilterBar, LineTable
from mailtui.screens.words import MUTED
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.restrictions.judging.model import Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.model import Order
from mailtui.text import clean


class RulesScreen(ListScreen):
    """One service at a time."""

    CSS_PATH = "../../styles/addresses.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "What every smtpd of master.cf asks, in the order it asks it. K tries a client on the rules of this service:\n"
        "each rule that is asked answers permit, reject or dunno (the next one decides). Nothing is sent.\n"
        "enter opens the table of a rule. f3 tries an entry that is not there yet on the log of the last day."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = RULES
    BINDINGS: ClassVar[list[BindingType]] = bindings(RULES)

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self._orders: Sequence[Order] = ()
        self._place = 0
        self._session = session
        self._verdict: Verdict | None = None
        self._lines: list[Line] = []
        self._left = False
        """Whether a table was opened from here."""

    @property
    def crumb(self) -> str:
        """The service."""
        return clean(self._order.name) if self._order else "Rules"

    @property
    def _order(self) -> Order | None:
        return self._orders[self._place] if self._orders else None

    def compose_view(self) -> Iterable[Widget]:
        """The verdict, and the rules."""
        yield Static(Content.styled("… reading main.cf and master.cf", MUTED), id="verdict")
        yield FilterBar()
        yield LineTable(COLUMNS, empty="… reading main.cf and master.cf")

    def on_mount(self) -> None:
        """Read the rules."""
        self._read()

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Try the client again after a look into a table, which may have been changed there."""
        if self._left:
            self._left = False
            if self._session is not None:
                self._judge(self._session)

    @work(group="rules", exclusive=True)
    async def _read(self) -> None:
        restrictions = self.console.services.restrictions
        try:
            self._orders = await in_thread(restrictions.orders, "rules")
        except MailtuiError as error:
            self.fail(error)
            return
        self._show()
        self._learned()
        if self._session is not None:
            self._judge(self._session)

    @work(group="dialog", exclusive=True)
    async def action_ask(self) -> None:
        """Ask for a client."""
        value = written(self._session)
        dialog = PromptDialog("Client", value=value, hint=CLIENT_HINT, refuse=session_objection)
        words = await self.app.push_screen_wait(dialog)
        if words is not None:
            self._judge(read_session(words))

    @work(group="rules", exclusive=True)
    async def _judge(self, session: Session) -> None:
        order = self._order
        if order is None:
            return
        self._session = session
        restrictions = self.console.services.restrictions
        about = f"… trying {clean(session.client)} on {clean(order.name)}"
        self.query_one("#verdict", Static).update(Content.styled(about, MUTED))
        try:
            self._verdict = await in_thread(partial(restrictions.judge, session, order.name), "rules")
        except MailtuiError as error:
            self.fail(error)
            return
        self._show()
        wrong = [number for number, line in enumerate(self._lines) if line.answer == "reject"]
        self.line_table.stand_on(str(wrong[-1] if wrong else 0))

    @work(group="dialog", exclusive=True)
    async def action_try(self) -> None:
        """Ask for an entry, and try it on the log of the last day."""
        dialog = PromptDialog("An entry", hint=ENTRY_HINT, refuse=entry_objection)
        words = await self.app.push_screen_wait(dialog)
        if words is None:
            return
        said = self.query_one("#verdict", Static)
        said.update(Content.styled("… reading the log of the last day", MUTED))
        restrictions = self.console.services.restrictions
        try:
            found = await in_thread(partial(restrictions.replay_day, read_entry(words)), "rules")
        except MailtuiError as error:
            self.fail(error)
            return
        self._show()
        self.post_message(Open(OpenNote(clean(words), tuple(replay_lines(found)))))

    def action_turn(self, step: int) -> None:
        """The next service, or the one before."""
        if self._orders:
            self._place = (self._place + step) % len(self._orders)
            self._verdict = None
            self._show()
            if self._session is not None:
                self._judge(self._session)

    def action_forget(self) -> None:
        """Show the rules as they stand."""
        self._session = self._verdict = None
        self._show()

    @on(LineTable.Opened)
    def open_rule(self) -> None:
        """The table of the rule, or all that is known of it."""
        line = self.current
        if line is None:
            return
        table = Table(line.table, (Use(line.parameter),))
        if line.table and table.file is not None:
            self._left = True
            self.post_message(Open(OpenTable(table)))
        else:
            lines = (line.rule, f"{line.parameter}, at {line.at}", line.answer, line.why)
            self.post_message(Open(OpenNote(clean(line.rule), tuple(clean(one) for one in lines if one))))

    @property
    def current(self) -> Line | None:
        """The rule under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return self._lines[int(key)] if key is not None and int(key) < len(self._lines) else None

    def why_not(self, action: str) -> str:
        """There must be another service to turn to, and a client to forget."""
        if action == "turn" and len(self._orders) < 2:
            return "There is one smtpd."
        return "No client is tried: K." if action == "forget" and self._session is None else ""

    def copyables(self) -> Sequence[Copyable]:
        """The rule, its table, the reply."""
        line = self.current
        mine = (Copyable("rule", clean(line.rule)), Copyable("table", clean(line.table))) if line else ()
        return (*mine, Copyable("reply", self._verdict.reply if self._verdict else ""))

    def saveable(self) -> tuple[str, str]:
        """The reply with the marked rules, or with all that are shown."""
        if self._order is None:
            return "", ""
        keys = self.line_table.saved_keys
        shown = [line for number, line in enumerate(self._lines) if str(number) in keys]
        return "rules", text(self._order, shown, self._verdict)

    def _show(self) -> None:
        table, order = self.query_one(LineTable), self._order
        table.say_when_empty("master.cf has no smtpd.")
        if order is None:
            self.query_one("#verdict", Static).update("")
            table.update_rows([])
            return
        self._lines = step_lines(self._verdict) if self._verdict else order_lines(order)
        told = head(order, self._place + 1, len(self._orders), self._verdict, self._session)
        self.query_one("#verdict", Static).update(told)
        table.update_rows(rows(self._lines))
        self.refresh_bindings()
