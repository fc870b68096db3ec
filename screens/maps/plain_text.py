"""A text area that holds a file's text as it is, or says that it cannot; no control character gets into it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.widgets import TextArea

from mailtui.text import clean

MOST = 2**20
"""Bytes that are edited here; ``$EDITOR`` takes more."""


class PlainText(TextArea):
    """Lines of text, edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "edge(False)", "First line", show=False),
        Binding("ctrl+end", "edge(True)", "Last line", show=False),
    ]

    def action_edge(self, end: bool) -> None:
        """To the beginning or the end of the text."""
        self.move_cursor(self.document.end if end else (0, 0))

    async def _on_paste(self, event: Paste) -> None:
        """Take the text without what would move the terminal's cursor or hide other text.

        ``TextArea`` puts it in: Textual calls its handler after this one.
        """
        event.text = "\n".join(clean(line.replace("\t", " ")) for line in event.text.splitlines())


def objection(data: bytes) -> str:
    """Why a text cannot be edited here without changing what nobody touched; ``""`` where it can."""
    if len(data) > MOST:
        return f"It has more than {MOST // 2**20} MB."
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return "It has bytes that are no UTF-8."
    if any(clean(line) != line for line in (line.replace("\t", " ") for line in lines)):
        return "It has control characters."
    return ""
