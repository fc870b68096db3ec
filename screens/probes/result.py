"""What came of a probe: the answer, every attempt, what the server said, and the lines of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.screens.base import ConsoleScreen, Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.probes.commands import RESULT
from mailtui.screens.probes.results import Result, about, answer, lines_of
from mailtui.services.probes.model import Probe
from mailtui.services.told import Kind

_STYLES: dict[Kind, str] = {
    "title": "bold",
    "good": "bold $text-success",
    "fair": "bold $text-warning",
    "bad": "bold $text-error",
    "text": "",
    "dim": "$text-muted",
}


class ResultScreen(ConsoleScreen):
    """One result to read."""

    CSS_PATH = "../../styles/probes.tcss"
    AUTO_FOCUS = "#scroll"
    HELP = (
        "The answer stands first. Under each attempt: the server's own words, what they mean, and the lines\n"
        "of the log that it caused. d shows all that was said, secrets left out; y copies, ctrl+s saves."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = RESULT
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(RESULT),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, result: Result) -> None:
        super().__init__()
        self._result = result
        self._dialogue = False

    @property
    def crumb(self) -> str:
        """Whom it is about."""
        return about(self._result)

    def compose_view(self) -> Iterable[Widget]:
        """The lines."""
        with VerticalScroll(id="scroll"):
            yield Static(self._content(), id="told")

    def why_not(self, action: str) -> str:
        """Only a probe speaks with a server."""
        spoke = isinstance(self._result, Probe) and any(one.dialogue for one in self._result.attempts)
        return "" if spoke or action != "dialogue" else "No server was spoken to."

    def action_dialogue(self) -> None:
        """Show all that was said, or hide it."""
        self._dialogue = not self._dialogue
        self.query_one("#told", Static).update(self._content())

    def action_scroll(self, by: int) -> None:
        """A line down or up."""
        self.query_one("#scroll", VerticalScroll).scroll_relative(y=by, animate=False)

    def copyables(self) -> Sequence[Copyable]:
        """The answer, the lines of the log, everything."""
        result = self._result
        told = Copyable("answer", f"{about(result)}: {answer(result)[1]}")
        everything = Copyable("everything", self.saveable()[1])
        if not isinstance(result, Probe):
            return told, everything
        return told, Copyable.each("log line", (line.text for one in result.attempts for line in one.lines)), everything

    def saveable(self) -> tuple[str, str]:
        """All that is shown."""
        lines = lines_of(self._result, dialogue=self._dialogue)
        return "probe", "\n".join(" " * line.indent + line.text for line in lines)

    def _content(self) -> Content:
        lines = lines_of(self._result, dialogue=self._dialogue)
        return Content("\n").join(Content.styled(" " * line.indent + line.text, _STYLES[line.kind]) for line in lines)
