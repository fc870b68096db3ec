"""``?``: every key that works on this view, made from the bindings themselves, so that none is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from mailtui.screens.actions import VIEWS, Action, grouped
from mailtui.screens.base import ConsoleScreen

KEYS = 13
TITLE = 22
FRAME = 9
WIDEST = 112
VIEW = 20


class HelpScreen(ModalScreen[None]):
    """The keys of the view below, by group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, view: Screen[Any]) -> None:
        super().__init__()
        self._intro = view.intro if isinstance(view, ConsoleScreen) else ""
        self._groups = list(grouped(view))

    def compose(self) -> ComposeResult:
        """What the view is for, then its keys."""
        with Vertical(classes="dialog wide"):
            yield Static(Content("Help"), classes="dialog-title")
            with VerticalScroll(classes="dialog-scroll"):
                if self._intro:
                    yield Static(Content(self._intro), classes="dialog-text")
                for title, actions in self._groups:
                    yield Static(Content(title), classes="help-group")
                    rows = (
                        self._views(actions) if title == VIEWS else (row for one in actions for row in self._rows(one))
                    )
                    yield Static(Content("\n").join(rows))
            yield Static(Content("j k scroll   esc close"), classes="dialog-keys")

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _views(self, actions: Sequence[Action]) -> Iterator[Content]:
        """Many keys of one kind, side by side."""
        beside = max(1, (min(WIDEST, self.app.size.width) - FRAME) // VIEW)
        for start in range(0, len(actions), beside):
            yield Content.assemble(
                *(
                    part
                    for one in actions[start : start + beside]
                    for part in ((f"{one.keys:<4}", "bold $text-accent"), f"{one.title:<{VIEW - 4}}")
                )
            )

    def _rows(self, action: Action) -> Iterator[Content]:
        """The action, its sentence wrapped beside it."""
        doc = f"not now: {action.reason}" if action.reason else action.doc
        width = min(WIDEST, self.app.size.width) - FRAME - KEYS - TITLE
        first, *rest = textwrap.wrap(doc, max(16, width)) or [""]
        yield Content.assemble(
            (f"{action.keys:<{KEYS}}", "bold $text-accent"),
            f"{'! ' if action.dangerous else ''}{action.title}".ljust(TITLE),
            (first, "$text-muted"),
        )
        for line in rest:
            yield Content.styled(" " * (KEYS + TITLE) + line, "$text-muted")
