"""The line in which a filter is written: ``enter`` applies it, ``escape`` changes nothing, an empty one shows all.

It is checked with every key: what is wrong, and at which column, stands beside it.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from mailtui.filters import EVERYTHING, Filter, FilterError, parse
from mailtui.text import clean


class FilterBar(Horizontal):
    """Hidden until asked for, and while the filter is empty."""

    BINDING_GROUP_TITLE = "Filter"
    DEFAULT_CSS = """
    FilterBar { height: 1; display: none; background: $surface; padding: 0 1; }
    FilterBar.-shown { display: block; }
    FilterBar Input { width: 1fr; background: $surface; }
    FilterBar .filter-error { color: $text-muted; width: auto; max-width: 50%; }
    FilterBar.-refused .filter-error { color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave the filter", id="filter.leave"),
    ]

    class Changed(Message):
        """The operator wants another filter."""

        def __init__(self, where: Filter) -> None:
            super().__init__()
            self.where = where

    class Closed(Message):
        """The operator writes no more."""

    def __init__(self, where: Filter = EVERYTHING) -> None:
        super().__init__()
        self._where = where

    def compose(self) -> ComposeResult:
        """A sign, the text, what is wrong with it."""
        yield Label(Content.styled("/ ", "$text-muted"))
        yield Input(str(self._where), placeholder="word  field:text  count>10  -who:wait", compact=True)
        yield Label("", classes="filter-error", markup=False)

    def on_mount(self) -> None:
        """A filter that came with the view is shown."""
        self.set_class(bool(self._where), "-shown")

    def write(self) -> None:
        """Let the operator write."""
        self.add_class("-shown")
        self.query_one(Input).focus()

    def action_leave(self) -> None:
        """Back to what was before."""
        self.query_one(Input).value = str(self._where)
        self._close()

    @on(Input.Changed)
    def check(self, event: Input.Changed) -> None:
        """Say what is wrong so far; quietly, for it may only be unfinished."""
        event.stop()
        self.remove_class("-refused")
        wrong = _wrong(event.value)
        text = f" column {wrong.column + 1}: {wrong.message}" if wrong else ""
        self.query_one(".filter-error", Label).update(Content(clean(text)))

    @on(Input.Submitted)
    def apply(self, event: Input.Submitted) -> None:
        """Take the filter, or leave it to be mended."""
        event.stop()
        if _wrong(event.value):
            self.add_class("-refused")
            return
        self._where = parse(event.value)
        self.post_message(self.Changed(self._where))
        self._close()

    def _close(self) -> None:
        self.set_class(bool(self._where), "-shown")
        self.screen.focus_next()
        self.post_message(self.Closed())


def _wrong(text: str) -> FilterError | None:
    try:
        parse(text)
    except FilterError as error:
        return error
    return None
