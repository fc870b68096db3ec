"""One user's mailboxes: their figures as the files have them, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.host.errors import MailtuiError
from mailtui.maillog.mailbox_damage import told_of
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.findings.detail import detail
from mailtui.screens.mailboxes.commands import USER
from mailtui.screens.mailboxes.rows import COLUMNS, row
from mailtui.screens.mailboxes.view import MailboxView, name_of
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenMailbox
from mailtui.screens.widgets import FilterBar, LineTable
from mailtui.screens.words import MUTED, READ_ONLY, ago, counted
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.mailboxes import UserMail
from mailtui.text import clean


class UserScreen(MailboxView):
    """The mailboxes of one user."""

    CSS_PATH = "../../styles/mailboxes.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "What the files of each mailbox say, read without Dovecot. enter shows the files themselves, C looks again,\n"
        "R mends the marked mailboxes or the one under the cursor: by the first rung of the ladder that can, as the\n"
        "mail user, under Dovecot's own locks; everything is moved, nothing deleted, and proven afterwards."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = USER
    BINDINGS: ClassVar[list[BindingType]] = bindings(USER)

    def __init__(self, user: str, mailbox: str = "") -> None:
        super().__init__()
        self._user = user
        self._stand_on = mailbox
        self._mail = UserMail(user)

    @property
    def crumb(self) -> str:
        """The user."""
        return clean(self._user)

    def compose_view(self) -> Iterable[Widget]:
        """How many, and the list."""
        yield Static(Content.styled("… reading the files", MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS, empty="… reading the files")
        yield Static(id="detail")

    def on_mount(self) -> None:
        """Tell of the mailbox under the cursor in whole sentences, for which its row has no room."""
        self.watch(self.query_one(LineTable), "cursor", self._tell, init=False)

    def _tell(self) -> None:
        look = self._under_cursor()
        found = next(iter(self.mailboxes.findings(look)), None) if look is not None else None
        self.query_one("#detail", Static).update(detail(found, mendable=found is not None and bool(found.fix)))

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look: the files change all the time."""
        self.look_again()

    @property
    def looks(self) -> Sequence[Look]:
        """The marked ones, or the one under the cursor."""
        keys = set(self.query_one(LineTable).chosen_keys)
        return [look for look in self._mail.looks if look.mailbox.name in keys]

    def look_again(self) -> None:
        """Read the files again."""
        self._read()

    def action_check(self) -> None:
        """Read the files again."""
        self._read()

    @work(group="dialog", exclusive=True)
    async def action_care(self) -> None:
        """Choose what to do for the mailbox under the cursor; then its plan."""
        look = self._under_cursor()
        if look is None:
            return
        cares = self.mailboxes.cares(look)
        menu = [Choice(care.name, care.why) for care in cares]
        index = await self.app.push_screen_wait(ChooseDialog(name_of(look), menu))
        if index is not None:
            self.propose(partial(self.mailboxes.care, cares[index].name, look))

    def _under_cursor(self) -> Look | None:
        key = self.query_one(LineTable).cursor_key
        return next((look for look in self._mail.looks if look.mailbox.name == key), None)

    def why_not(self, action: str) -> str:
        """Something is done for a mailbox that is there."""
        if action == "care" and self.console.services.settings.read_only:
            return READ_ONLY
        if action == "care" and self._under_cursor() is None:
            return "There is no mailbox here."
        return super().why_not(action)

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        summary = self.query_one("#summary", Static)
        try:
            self._mail = await in_thread(partial(self.mailboxes.of_user, self._user), "mailboxes")
        except MailtuiError as error:
            self.fail(error)
            return
        table = self.query_one(LineTable)
        table.say_when_empty("This user has no mailbox yet.")
        told = self._in_the_log()
        table.update_rows([row(look, told(look)) for look in self._mail.looks])
        self._go_to_wanted(table)
        damaged = self._mail.damaged
        text = f"{self._mail.format}   {counted(len(self._mail.looks), 'mailbox', 'mailboxes')}   "
        if any(look.endangered for look in damaged):
            text += "the next access destroys something: repair before anybody opens it"
        else:
            text += f"{len(damaged)} damaged" if damaged else "nothing wrong"
        summary.update(Content.styled(text, "$text-error" if damaged else MUTED))
        self._tell()
        self.refresh_bindings()

    def _in_the_log(self) -> Callable[[Look], str]:
        """What the log last told of each mailbox."""
        live = self.console.live
        known = told_of(live.incidents, self._user) if live is not None else {}

        def told(look: Look) -> str:
            name = look.mailbox.name.replace(look.mailbox.store.separator, "/")
            incident = known.get(name) or known.get("")
            if live is None or incident is None:
                return ""
            return f"{ago(incident.last, live.now)} in the log: {incident.title.partition(': ')[2]}"

        return told

    def _go_to_wanted(self, table: LineTable) -> None:
        """To the mailbox that was asked for, once."""
        names = [look.mailbox.name.replace(look.mailbox.store.separator, "/") for look in self._mail.looks]
        if self._stand_on in names:
            table.stand_on(self._mail.looks[names.index(self._stand_on)].mailbox.name)
        self._stand_on = ""

    @on(LineTable.Opened)
    def open_mailbox(self) -> None:
        """The files of one."""
        look = self._under_cursor()
        if look is not None:
            self.post_message(Open(OpenMailbox(look)))

    def copyables(self) -> Sequence[Copyable]:
        """Names, and what is wrong."""
        names = Copyable.each("mailbox", (look.mailbox.name for look in self.looks))
        return names, Copyable("findings", self._report())

    def _report(self) -> str:
        found = (finding for look in self.looks for finding in self.mailboxes.findings(look))
        return "\n".join(f"{one.severity}: {one.subject}: {one.title} ({'; '.join(one.evidence)})" for one in found)
