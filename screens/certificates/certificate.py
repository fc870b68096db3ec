"""One certificate: its chain as a tree, its files and who may read them, who uses it, which ports show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import READING, Copyable
from mailtui.screens.certificates.commands import ACTIONS
from mailtui.screens.certificates.mending import MendingView
from mailtui.screens.certificates.telling import STAGE_STYLE, day, left, tree, verdict
from mailtui.screens.commands import Command, bindings
from mailtui.screens.targets import OpenCertificate
from mailtui.screens.widgets import Column, FilterBar, LineTable, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.services.tls.inventory import FileMode, Held
    from mailtui.services.tls.serving import Survey

COLUMNS = (Column("label", "", 12), Column("value", "", 30, grow=3), Column("note", "", 14, grow=2))
Line = tuple[str, Content, Content]
"""Label, value, note."""


class CertificateScreen(MendingView):
    """Everything about one certificate."""

    CSS_PATH = "../../styles/certificates.tcss"
    AUTO_FOCUS = "LineTable"
    HELP = (
        "The chain stands as it is sent: the server's own certificate at the bottom, who signed it above.\n"
        "Each port was asked as a client would, with and without the names that have a certificate of their own."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    def __init__(self, target: OpenCertificate) -> None:
        super().__init__()
        self._held: Held = target.held
        self._survey: Survey = target.survey

    @property
    def crumb(self) -> str:
        """Its name."""
        return clean(self._held.name)

    @property
    def about(self) -> str:
        """Its name."""
        return self.crumb

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong with it."""
        return self.console.services.serving.about(self._survey, self._held)

    def compose_view(self) -> Iterable[Widget]:
        """How it stands, and all about it."""
        yield Static(id="summary")
        yield FilterBar()
        yield LineTable(COLUMNS)

    def on_mount(self) -> None:
        """Show what the list has read."""
        self._show()

    def look(self) -> None:
        """Look again."""
        self._read()

    @work(group=READING, exclusive=True)
    async def _read(self) -> None:
        """Read files and ask ports again."""
        try:
            self._survey = await in_thread(lambda: self.console.services.serving.survey(), "certificates")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        self._held = next((one for one in self._survey.held if one.id == self._held.id), self._held)
        self._show()

    def copyables(self) -> Sequence[Copyable]:
        """The row, and what people look for."""
        leaf = self._held.leaf
        found = [Copyable.each("file", self._held.files)]
        if leaf is not None:
            found += [Copyable("SHA-256", leaf.sha256), Copyable("SHA-256 of its key", leaf.spki_sha256)]
        return (*found, Copyable("all of it", self.saveable()[1]))

    def _show(self) -> None:
        found = self.findings
        told = [
            Content.styled(f"{SEVERITY_MARK[one.severity]} {one.title}", SEVERITY_STYLE[one.severity]) for one in found
        ]
        self.query_one("#summary", Static).update(
            Content("\n").join(told) if told else Content.styled("✔ Nothing is wrong with it.", "$text-success")
        )
        rows = [TableRow(str(number), (Content.styled(label, MUTED), value, note)) for number, (label, value, note) in
                enumerate(self._lines())]  # fmt: skip
        self.query_one(LineTable).update_rows(rows)
        self.refresh_bindings()

    def _lines(self) -> Iterator[Line]:
        held, now = self._held, self._survey.time
        if held.problem:
            yield "problem", Content.styled(held.problem, "$text-error"), Content.styled(held.unlock, MUTED)
        if held.leaf is not None:
            leaf = held.leaf
            yield from _several("names", [Content(name) for name in leaf.names])
            valid = f"{day(leaf.starts)} to {day(leaf.ends)}"
            yield "valid", Content(valid), Content.styled(left(leaf, now), STAGE_STYLE[held.stage(now)])
            yield "key", Content(leaf.key), Content("")
            yield "SHA-256", Content(leaf.sha256), Content("")
            yield "of its key", Content(leaf.spki_sha256), Content.styled("as in TLSA 3 1 1", MUTED)
            yield from _several("chain", list(tree(held.chain, now)))
        for number, mode in enumerate(held.modes):
            yield "" if number else "files", Content(mode.path), _mode(mode)
        yield from _several("used by", [Content(str(use)) for use in held.uses])
        for number, one in enumerate(self._survey.of(held)):
            told = f"{one.where}  {one.listener.service}  {one.answer.version}"
            yield "" if number else "ports", Content(told), verdict(one)


def _several(label: str, values: Sequence[Content]) -> Iterator[Line]:
    for number, value in enumerate(values):
        yield "" if number else label, value, Content("")


def _mode(mode: FileMode) -> Content:
    told = f"{mode.mode:04o} {mode.owner}:{mode.group}{', private key' if mode.has_key else ''}"
    return Content.styled(told, "bold $text-error" if mode.has_key and mode.exposed else MUTED)
