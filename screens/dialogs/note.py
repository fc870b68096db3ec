"""What is known about one thing, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from mailtui.screens.messages import Copy


class NoteDialog(ModalScreen[None]):
    """A text to read; ``y`` copies it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._text = "\n".join(line for line in lines if line) or "Nothing more is known."

    def compose(self) -> ComposeResult:
        """Title and text."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            with VerticalScroll(classes="dialog-scroll"):
                yield Static(Content(self._text), classes="dialog-text")
            yield Static(Content("y copy   esc close"), classes="dialog-keys")

    def action_copy(self) -> None:
        """The text, to the clipboard."""
        self.app.post_message(Copy(self._text, "text"))
