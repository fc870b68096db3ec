"""Every certificate in use: how long it lasts, who uses it, and whether the ports really show it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from mailtui.findings import Finding, worst
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.certificates.commands import INVENTORY
from mailtui.screens.certificates.deploying import Deploying
from mailtui.screens.certificates.mending import FRESH, MendingView
from mailtui.screens.certificates.telling import STAGE_STYLE, day, left, life, ports, timeline
from mailtui.screens.commands import Command, bindings
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenCertificate
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.screens.certificates.port import Watch
    from mailtui.services.tls.inventory import Held
    from mailtui.services.tls.serving import Survey

COLUMNS = (
    Column("severity", "", 1),
    Column("name", "Certificate", 18, grow=3),
    Column("left", "Left", 15),
    Column("life", "Life", 10, only_from=90),
    Column("key", "Key", 12, only_from=100),
    Column("programs", "Used by", 16, grow=1),
    Column("ports", "Shown on", 18, grow=1),
)
_MOST_ON_AXIS = 8
_WAITING = "… looking at files and asking every port"


class CertificatesScreen(Deploying, MendingView):
    """The inventory."""

    CSS_PATH = "../../styles/certificates.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "Every certificate that Postfix and Dovecot use, beside what each port really shows, with and without SNI.\n"
        "enter shows its chain, files, uses and ports; ! what is wrong; R the plan that mends it.\n"
        "D gives another certificate to both, proven on every port. A renewal on disk is seen within seconds.\n"
        "Both programs go on with what they read at their start: a renewed file is shown after a reload."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = INVENTORY
    BINDINGS: ClassVar[list[BindingType]] = bindings(INVENTORY)

    class Renewed(Message):
        """A file has become another."""

    def __init__(self) -> None:
        super().__init__()
        self._survey: Survey | None = None
        self._watching: Watch | None = None
        self._outdated = False

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Certificates"

    def compose_view(self) -> Iterable[Widget]:
        """How it stands, the list, the axis."""
        yield Static(Content.styled(_WAITING, MUTED), id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS, empty=_WAITING)
        yield Static(id="timeline")

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Look again: certificates are renewed behind our back."""
        if self._survey is None or self._outdated or time.time() - self._survey.time > FRESH:
            self.look_on_return()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        if self._watching is not None:
            self._watching.stop()

    @on(Renewed)
    def look_at_the_new_one(self) -> None:
        """What was renewed is not yet shown: ask now or, where another view is open, when this one is."""
        self._outdated = True
        if self.is_active:
            self.look()

    @on(Resize)
    def draw_axis(self) -> None:
        """As wide as there is room."""
        if self._survey is not None:
            self._show_axis(self._survey)

    @property
    def current(self) -> Held | None:
        """The certificate under the cursor."""
        key = self.query_one(LineTable).cursor_key
        return next((one for one in self._held if one.id == key), None)

    @property
    def about(self) -> str:
        """Its name."""
        return clean(self.current.name) if self.current else ""

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self._of(self.current) if self.current else ()

    def look(self) -> None:
        """Look again."""
        self._read()

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        """Read files, ask ports; what was seen before stays until then."""
        self._outdated = False
        try:
            self._survey = await in_thread(lambda: self.console.services.serving.survey(), "certificates")
        except MailtuiError as error:
            self.fail(error)
            return
        self._show(self._survey)
        if self._watching is None and self.is_mounted:
            self._watching = self.console.services.renewal.watch(self._files, self._tell)

    def _tell(self) -> None:
        """Come back from the thread that watches."""
        self.post_message(self.Renewed())

    def _files(self) -> list[str]:
        return [file for one in self._held for file in one.files]

    @on(LineTable.Opened)
    def open_certificate(self) -> None:
        """Everything about it."""
        if self.current is not None and self._survey is not None:
            self.post_message(Open(OpenCertificate(self.current, self._survey)))

    def copyables(self) -> Sequence[Copyable]:
        """Its name, files and fingerprint."""
        one = self.current
        if one is None:
            return ()
        fingerprint = one.leaf.sha256 if one.leaf else ""
        return Copyable("name", one.name), Copyable.each("file", one.files), Copyable("SHA-256", fingerprint)

    def saveable(self) -> tuple[str, str]:
        """The marked ones, or all that are shown: name, last day, files."""
        keys = self.line_table.saved_keys
        return "certificates", "\n".join(
            "\t".join((one.name, day(one.leaf.ends) if one.leaf else "", ", ".join(one.files)))
            for one in self._held
            if one.id in keys
        )

    @property
    def _held(self) -> Sequence[Held]:
        return self._survey.held if self._survey else ()

    def _of(self, held: Held) -> Sequence[Finding]:
        return self.console.services.serving.about(self._survey, held) if self._survey else ()

    def _show(self, survey: Survey) -> None:
        table = self.query_one(LineTable)
        table.say_when_empty("Neither Postfix nor Dovecot is set to use a certificate.")
        table.update_rows([self._row(one, survey) for one in survey.held])
        self.query_one("#summary", Static).update(_summary(survey))
        self._show_axis(survey)
        self.refresh_bindings()

    def _show_axis(self, survey: Survey) -> None:
        lines = list(timeline(survey.held, survey.time, self.size.width, _MOST_ON_AXIS))
        title = [Content.styled("What ends next", MUTED)] if lines else []
        self.query_one("#timeline", Static).update(Content("\n").join([*title, *lines]))

    def _row(self, one: Held, survey: Survey) -> TableRow:
        severity = worst(self._of(one))
        wrong = severity in ("error", "warning")
        told, style = ports(survey, one)
        programs = dict.fromkeys(use.program.capitalize() for use in one.uses)
        return TableRow(
            one.id,
            (
                Content.styled(SEVERITY_MARK[severity] if wrong else " ", SEVERITY_STYLE[severity]),
                Content(clean(one.name)),
                Content.styled(left(one.leaf, survey.time) if one.leaf else "–", STAGE_STYLE[one.stage(survey.time)]),
                life(one, survey.time),
                Content.styled(one.leaf.key if one.leaf else "", MUTED),
                Content(", ".join(programs)),
                Content.styled(told, style),
            ),
        )


def _summary(survey: Survey) -> Content:
    asked = {(one.listener.address, one.listener.port) for one in survey.shown}
    wrong = {one.where for one in survey.shown if one.verdict not in ("same", "unknown")}
    words = [*map(clean, survey.left_out)]
    words += [counted(len(survey.held), "certificate"), f"{counted(len(asked), 'port')} asked"]
    some = "1 does not show what it should" if len(wrong) == 1 else f"{len(wrong)} do not show what they should"
    words.append(some if wrong else "each shows what its files hold")
    return Content.styled("   ".join(words), "$text-warning" if wrong or survey.left_out else MUTED)
