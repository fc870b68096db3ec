"""A menu: one of a few things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the menu."""

    label: str
    detail: str = ""
    """What it is about, shown dimmed; cut where it does not fit."""


class ChooseDialog(ModalScreen[int | None]):
    """Answers the index of the chosen entry; digits choose directly."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Cancel"),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        *(Binding(str(n), f"pick({n - 1})", f"Choose {n}", show=False) for n in range(1, 10)),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """The title and the entries."""
        with Vertical(classes="dialog"):
            yield Static(Content(self._title), classes="dialog-title")
            yield OptionList(
                *(Option(self._prompt(number, choice)) for number, choice in enumerate(self._choices, 1)),
                markup=False,
            )
            yield Static(Content("enter choose   esc cancel"), classes="dialog-keys")

    def action_move(self, by: int) -> None:
        """The next or previous entry."""
        menu = self.query_one(OptionList)
        if by > 0:
            menu.action_cursor_down()
        else:
            menu.action_cursor_up()

    def action_pick(self, index: int) -> None:
        """The entry with this number."""
        if index < len(self._choices):
            self.dismiss(index)

    @on(OptionList.OptionSelected)
    def answer(self, event: OptionList.OptionSelected) -> None:
        """The entry that was opened."""
        self.dismiss(event.option_index)

    @staticmethod
    def _prompt(number: int, choice: Choice) -> Content:
        return Content.assemble(
            (f"{number if number < 10 else ' '} ", "$text-muted"),
            choice.label,
            (f"  {choice.detail}", "$text-muted") if choice.detail else "",
        )
