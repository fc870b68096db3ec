"""What can be tried on this machine, and what came of it last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import ConfirmDialog, PromptDialog
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.probes.commands import PROBES
from mailtui.screens.probes.kinds import KINDS, Kind
from mailtui.screens.probes.results import Result, about, answer
from mailtui.screens.targets import OpenResult
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED
from mailtui.services.probes.delivering import Delivery
from mailtui.services.probes.sasl import Credentials
from mailtui.text import clean

COLUMNS = (
    Column("probe", "Probe", 12),
    Column("about", "What it shows", 30, grow=2),
    Column("last", "Last answer", 16, grow=2),
)
_STYLES = {"good": "$text-success", "fair": "$text-warning", "bad": "$text-error"}
_READY = "K tries the one under the cursor; strangers are asked only after a warning"
Consent = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator wants tried."""

    kind: Kind
    subject: str
    secret: str = ""


class ProbesScreen(ListScreen):
    """The list of probes."""

    CSS_PATH = "../../styles/probes.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "Live tests of this machine: each is done as a client would, and shown with the lines of the log it caused.\n"
        "K or enter asks whom it is about; enter on one that has an answer shows it again. Passwords are asked for,\n"
        "go out only over TLS, and are kept nowhere. Servers of others are asked only after a warning."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = PROBES
    BINDINGS: ClassVar[list[BindingType]] = bindings(PROBES)

    def __init__(self) -> None:
        super().__init__()
        self._results: dict[str, Result] = {}
        self._last = ""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Probes"

    def compose_view(self) -> Iterable[Widget]:
        """What is going on, and the list."""
        yield Static(Content.styled(_READY, MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS)

    def on_mount(self) -> None:
        """Fill the list."""
        self._show()

    @property
    def current(self) -> Kind:
        """The probe under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return next((kind for kind in KINDS if kind.name == key), KINDS[0])

    def why_not(self, action: str) -> str:
        """A read-only console makes no mail."""
        if action == "try" and self.current.sends and self.console.services.settings.read_only:
            return "This console is read-only: no message is sent."
        return ""

    @on(LineTable.Opened)
    def open_result(self) -> None:
        """The last answer; without one, try."""
        if result := self._results.get(self.current.name):
            self.post_message(Open(OpenResult(result)))
        elif reason := self.why_not("try"):
            self.notify(reason, markup=False)
        else:
            self.action_try()

    @work(group="dialog", exclusive=True)
    async def action_try(self) -> None:
        """Ask whom it is about, then do it."""
        kind = self.current
        if not kind.asks:
            self.attempt(Asked(kind, ""))
            return
        subject = await self.app.push_screen_wait(PromptDialog(kind.title, value=self._last, hint=kind.hint))
        if subject is None:
            return
        self._last, secret = subject, ""
        if kind.password:
            title = f"Password of {clean(subject)}"
            given = await self.app.push_screen_wait(PromptDialog(title, hint="it is kept nowhere", secret=True))
            if given is None:
                return
            secret = given
        self.attempt(Asked(kind, subject, secret))

    @work(group="probe", exclusive=True)
    async def attempt(self, asked: Asked) -> None:
        """Do it; where strangers would be touched, only after the operator's word."""
        warnings: list[str] = []

        def refuse(warning: str) -> bool:
            warnings.append(warning)
            return False

        self._say(f"… {asked.kind.title} {clean(asked.subject)}", MUTED)
        try:
            result = await in_thread(partial(self._done, asked, refuse), "probe")
            if warnings:
                lines = [clean(warning) for warning in warnings]
                if await self.app.push_screen_wait(ConfirmDialog("This touches strangers", lines, yes="Do it")):
                    result = await in_thread(partial(self._done, asked, lambda _: True), "probe")
        except MailtuiError as error:
            self._say(clean(error.told), "$text-error")
            return
        self._results[asked.kind.name] = result
        self._say(_READY, MUTED)
        self._show()
        self.post_message(Open(OpenResult(result)))

    def _done(self, asked: Asked, consent: Consent) -> Result:
        """Raises what the services raise."""
        services = self.console.services
        match asked.kind.name:
            case "user":
                return services.people.of(asked.subject)
            case "recipient":
                return services.probes.recipient(asked.subject, None, consent)
            case "deliver":
                return services.probes.deliver(Delivery(asked.subject), consent)
            case "auth-results":
                return services.auth_results.of(asked.subject)
            case "relay":
                return services.probes.relay()
        return services.probes.login(asked.kind.name, Credentials(asked.subject, asked.secret))

    def _say(self, text: str, style: str) -> None:
        self.query_one("#summary", Static).update(Content.styled(text, style))

    def _show(self) -> None:
        self.query_one(LineTable).update_rows([self._row(kind) for kind in KINDS])

    def _row(self, kind: Kind) -> TableRow:
        result = self._results.get(kind.name)
        last = Content.styled("not tried yet", MUTED)
        if result is not None:
            how, told = answer(result)
            last = Content.styled(f"{about(result)}: {told}", _STYLES[how])
        return TableRow(kind.name, (Content(kind.title), Content.styled(kind.about, MUTED), last))

    def copyables(self) -> Sequence[Copyable]:
        """All answers so far."""
        return (Copyable("answers", self.saveable()[1]),)
