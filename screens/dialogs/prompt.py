"""One line of text from the operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class PromptDialog(ModalScreen[str | None]):
    """Answers the text. ``refuse`` may name what is wrong with it; then the dialog stays. A ``secret`` is not shown.

    ``replace``: the value is known to be wrong, and what is typed takes its place; an arrow key keeps it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel")]

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        hint: str = "",
        refuse: Callable[[str], str] = lambda _text: "",
        secret: bool = False,
        replace: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._hint = hint
        self._refuse = refuse
        self._secret = secret
        self._replace = replace

    def compose(self) -> ComposeResult:
        """The question, a line to write in, and the place where an objection is shown."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield Input(self._value, password=self._secret, compact=True, select_on_focus=self._replace)
            yield Static(Content(self._hint), classes="dialog-text", id="hint")
            yield Static(Content("enter go   esc cancel"), classes="dialog-keys")

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        """Take the text, unless it is empty or refused."""
        text = event.value if self._secret else event.value.strip()
        objection = self._refuse(text) if text else self._hint
        if text and not objection:
            self.dismiss(text)
            return
        hint = self.query_one("#hint", Static)
        hint.update(Content.styled(objection, "$text-error"))
