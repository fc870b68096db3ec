"""A how-to, pasted: each of its lines judged and led to what is installed, and the plan of what is good of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.base import ConsoleScreen, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.configuration.commands import HOWTO
from mailtui.screens.configuration.port import ConfigurationPort
from mailtui.screens.maps.plain_text import PlainText
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenNote
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, READ_ONLY, counted
from mailtui.services.configuration.translate.model import Judged, Judgement, Translation

PAUSE = 0.3
"""Seconds without a key after which the text is looked at."""
COLUMNS = (
    Column("line", "Line", 4, right=True),
    Column("judgement", "", 9),
    Column("becomes", "What it is here", 30, grow=1),
    Column("why", "Why", 30, grow=1, only_from=90),
)
_STYLES: dict[Judgement, str] = {
    "same": "",
    "changed": "$text-accent",
    "gone": "$text-warning",
    "by hand": "$text-warning",
    "unknown": "$text-error",
    "dangerous": "$text-error",
}


class HowtoScreen(ConsoleScreen):
    """A page to paste into."""

    CSS_PATH = "../../styles/configuration.tcss"
    AUTO_FOCUS = "PlainText"
    HELP = (
        "Paste lines of a how-to: main.cf, master.cf, Dovecot's files of any version, postconf commands, mixed.\n"
        "Below stands what each is in the versions that are installed; tab goes there, enter tells why.\n"
        "ctrl+s shows the plan. What is dangerous, unknown or for a person to decide is not in it."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = HOWTO
    BINDINGS: ClassVar[list[BindingType]] = bindings(HOWTO)

    def __init__(self) -> None:
        super().__init__()
        self._translation = Translation(())

    @property
    def crumb(self) -> str:
        """The name of the page."""
        return "How-to"

    def compose_view(self) -> Iterable[Widget]:
        """How much of it is good, the text, its lines judged."""
        yield Static(Content.styled("Paste or write lines of a how-to.", MUTED), id="summary")
        yield PlainText(show_line_numbers=True, soft_wrap=False, compact=True)
        yield LineTable(COLUMNS, empty="Nothing in it sets anything.")

    @property
    def configuration(self) -> ConfigurationPort:
        """The parameters of this machine."""
        return self.console.services.configuration

    def why_not(self, action: str) -> str:
        """A plan needs something to set."""
        if action == "write":
            if self.console.services.settings.read_only:
                return READ_ONLY
            if not self._translation.settings:
                return "Nothing in it is to be set."
        return ""

    @on(TextArea.Changed)
    @work(group="look", exclusive=True)
    async def typed(self, event: TextArea.Changed) -> None:
        """Judge it when the hands rest."""
        text = event.text_area.text
        await asyncio.sleep(PAUSE)
        try:
            self._translation = await in_thread(partial(self.configuration.translate, text), "configuration")
        except MailtuiError as error:
            self.notify(error.told, severity="warning", markup=False)
            return
        self.query_one(LineTable).update_rows([_row(*one) for one in enumerate(self._translation.lines)])
        self.query_one("#summary", Static).update(_summary(self._translation))
        self.refresh_bindings()

    @on(LineTable.Opened)
    def open_line(self, event: LineTable.Opened) -> None:
        """One of them in full."""
        one = self._translation.lines[int(event.key)]
        lines = (one.text, *(f"→ {line}" for line in one.becomes), " ", one.why)
        self.post_message(Open(OpenNote(f"line {one.number}: {one.judgement}", lines)))

    def action_write(self) -> None:
        """The plan of what is good of it."""
        self.propose(partial(self.configuration.apply, self._translation))

    def action_close(self) -> None:
        """One step back."""
        self.dismiss()

    def copyables(self) -> Sequence[Copyable]:
        """All of it as it is written here."""
        return (Copyable("translation", self.saveable()[1]),)

    def saveable(self) -> tuple[str, str]:
        """The same."""
        return "how-to", "\n".join(line for one in self._translation.lines for line in one.becomes)


def _row(number: int, one: Judged) -> TableRow:
    style = _STYLES[one.judgement]
    return TableRow(
        str(number),
        (
            Content.styled(str(one.number), MUTED),
            Content.styled(one.judgement, style or MUTED),
            Content.styled("; ".join(one.becomes) or one.text, "" if one.becomes else MUTED),
            Content.styled(one.why, style or MUTED),
        ),
    )


def _summary(translation: Translation) -> Content:
    wanted = sum(map(len, translation.settings.values()))
    refused = [one for one in translation.lines if one.judgement in ("dangerous", "unknown", "by hand")]
    words = [f"{counted(wanted, 'parameter')} to set, ctrl+s shows the plan" if wanted else "nothing to set"]
    if refused:
        words.append(f"{counted(len(refused), 'line')} dangerous, unknown or to be done by hand")
    return Content.styled("   ".join(words), "$text-warning" if refused else MUTED)
