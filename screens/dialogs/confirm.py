"""A question whose yes does something: never answered by an absent-minded ``enter``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmDialog(ModalScreen[bool]):
    """Answers whether the operator said yes. ``y`` is yes; the focus stands on no."""

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,q", "answer(False)", "No"),
        Binding("left,right,h,l", "app.focus_next", "Other answer", show=False),
    ]

    def __init__(self, question: str, lines: Sequence[str] = (), *, yes: str = "Yes", no: str = "No") -> None:
        super().__init__()
        self._question = question
        self._lines = tuple(lines)
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """The question, what it means, and the two answers."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._question), classes="dialog-title")
            if self._lines:
                yield Static(Content("\n".join(self._lines)), classes="dialog-text")
            with Horizontal(classes="dialog-buttons"):
                yield Button(Content(f"y {self._yes}"), id="yes", compact=True)
                yield Button(Content(f"n {self._no}"), id="no", compact=True)

    def action_answer(self, answer: bool) -> None:
        """Say it."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """The button's answer."""
        self.dismiss(event.button.id == "yes")
