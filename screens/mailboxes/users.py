"""Everybody who has mail: how many mailboxes, and whether something is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from threading import Event
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import ScreenResume
from textual.widget import Widget
from textual.widgets import Static

from mailtui.filters import EVERYTHING, Filter
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.mailboxes.commands import USERS
from mailtui.screens.mailboxes.view import MailboxView, name_of
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenUser
from mailtui.screens.widgets import NO_MATCH, Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.mailboxes import UserMail, matching
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("user", "User", 24, grow=2),
    Column("format", "Format", 8),
    Column("mailboxes", "Mailboxes", 9, right=True),
    Column("state", "State", 24, grow=2),
)


class MailboxesScreen(MailboxView):
    """The list of users."""

    CSS_PATH = "../../styles/mailboxes.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "Dovecot's users. C looks at the files of all their mailboxes, read-only and without Dovecot: opening\n"
        "a damaged sdbox or mdbox is what destroys its flags. enter opens a user; R mends what is damaged, for the\n"
        "marked users or the one under the cursor."
    )
    FIELDS = "user format mailboxes damaged"
    ACTIONS: ClassVar[tuple[Command, ...]] = USERS
    BINDINGS: ClassVar[list[BindingType]] = bindings(USERS)

    def __init__(self) -> None:
        super().__init__()
        self._where: Filter = EVERYTHING
        self._users: dict[str, UserMail] = {}
        self._checked: set[str] = set()
        self._stop = Event()
        self._progress = ""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Mailboxes"

    def compose_view(self) -> Iterable[Widget]:
        """The filter, how many, the list."""
        yield FilterBar(self._where)
        yield Static(Content.styled("… asking Dovecot", MUTED), id="summary")
        yield LineTable(COLUMNS, empty="… asking Dovecot")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Ask for the users once; what was found stays."""
        if not self._users:
            self.look_on_return()

    def look(self) -> None:
        """Ask for the users again."""
        self._read()

    @property
    def looks(self) -> Sequence[Look]:
        """The damaged mailboxes of the marked users, or of the one under the cursor."""
        chosen = (self._users[key] for key in self.query_one(LineTable).chosen_keys if key in self._users)
        return [look for one in chosen for look in (*one.damaged, *(x for x in one.looks if x.problem))]

    def look_again(self) -> None:
        """Only the users that were mended."""
        self._check([key for key in self.query_one(LineTable).chosen_keys if key in self._users])

    def narrow(self, where: Filter) -> None:
        """Keep what matches."""
        self._where = where
        if self._users:
            self._show()

    @on(LineTable.Opened)
    def open_user(self, event: LineTable.Opened) -> None:
        """The user's mailboxes."""
        self.post_message(Open(OpenUser(event.key)))

    def action_check(self) -> None:
        """Look at everybody's mailboxes, or at those of the marked users; end a look that is under way."""
        if self._progress:
            self._stop.set()
            return
        table = self.query_one(LineTable)
        if not self._users:
            self.look()
            return
        self._check(list(table.chosen_keys if table.has_marks else self._users))

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        try:
            users = await in_thread(self.mailboxes.users, "users")
        except MailtuiError as error:
            self.fail(error)
            return
        self._users = {user: UserMail(user) for user in users}
        self._show()

    @work(group="check", exclusive=True)
    async def _check(self, users: Sequence[str]) -> None:
        self._stop.clear()
        self._tell(0, 0)

        def progress(done: int, of: int) -> None:
            self.app.call_from_thread(self._tell, done, of)

        try:
            found = await in_thread(partial(self.mailboxes.check, users, progress, self._stop.is_set), "check")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            found = ()
        self._progress = ""
        self._users.update({one.user: one for one in found})
        self._checked.update(one.user for one in found)
        self._show()

    def _tell(self, done: int, of: int) -> None:
        self._progress = f"… {done} of {of} mailboxes looked at; C stops" if of else "… looking for the mailboxes"
        self._say(Content.styled(self._progress, MUTED))
        self.refresh_bindings()

    def _show(self) -> None:
        shown = matching(list(self._users.values()), self._where)
        table = self.query_one(LineTable)
        table.say_when_empty(NO_MATCH if self._where else "Dovecot lists no users.")
        table.update_rows([self._row(one) for one in shown])
        if not self._progress:
            self._say(self._summary(len(shown)))
        self.refresh_bindings()

    def _say(self, text: Content) -> None:
        self.query_one("#summary", Static).update(text)

    def _summary(self, shown: int) -> Content:
        words = [counted(len(self._users), "user")]
        if self._where:
            words = [f"{shown} of {words[0]}"]
        looks = [look for one in self._users.values() for look in one.looks]
        damaged = sum(bool(look.damages) for look in looks)
        if not self._checked:
            words.append("not looked at yet: C checks")
        elif damaged:
            words.append(
                f"{damaged} of {counted(len(looks), 'mailbox', 'mailboxes')} damaged: enter or ! tells, R repairs"
            )
        else:
            words.append(f"{counted(len(looks), 'mailbox', 'mailboxes')} looked at, nothing wrong")
        return Content.styled("   ".join(words), "$text-warning" if damaged else MUTED)

    def copyables(self) -> Sequence[Copyable]:
        """The users, and what is wrong, to paste into a ticket."""
        keys = self.query_one(LineTable).chosen_keys
        return Copyable.each("user", keys), Copyable("findings", self._report())

    def _report(self) -> str:
        looks = [look for one in self._users.values() for look in one.damaged]
        return "\n".join(
            f"{finding.severity}\t{finding.subject}\t{finding.title}\t{'; '.join(finding.evidence)}"
            for look in looks
            for finding in self.mailboxes.findings(look)
        )

    def _row(self, one: UserMail) -> TableRow:
        checked = one.user in self._checked
        style = SEVERITY_STYLE[one.severity] if checked and one.severity != "ok" else MUTED
        return TableRow(
            one.user,
            (
                Content.styled(SEVERITY_MARK[one.severity] if checked else " ", style),
                Content(clean(one.user)),
                Content.styled(one.format, MUTED),
                Content(str(len(one.looks)) if checked else ""),
                Content.styled(_state(one) if checked else "", style),
            ),
        )


def _state(one: UserMail) -> str:
    if one.problem:
        return clean(one.problem)
    told = [f"{name_of(look)}: {look.damages[0].title if look.damages else look.problem}" for look in one.looks
            if look.damages or look.problem]  # fmt: skip
    return told[0] + (f", and {len(told) - 1} more" if len(told) > 1 else "") if told else "fine"
