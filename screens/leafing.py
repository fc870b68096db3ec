"""The part of the App that goes from view to view; each is a mode of Textual's and stays as it was left."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from mailtui.screens.base import ConsoleScreen

SETTLING = 0.005
"""Seconds in which a view that is opened may settle before it is painted."""

OPENING = 0.02
"""The same for what is opened over a view."""


def on_top(app: App[None]) -> Screen[object] | None:
    """What the operator looks at; None while the console opens or closes."""
    return next(reversed(app.screen_stack), None)


class LeafingApp(App[None]):
    """A view that was open before is painted with the key that leads there, whole and once."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: set[str] = set()
        self._last_view = ""
        self._returning = False

    def go(self, name: str) -> None:
        """Show a view."""
        self._last_view = self.current_mode if self._opened else name
        top = self.get_screen_stack(name)[-1] if name in self._opened else None
        self._opened.add(name)
        self._returning = top is not None and top.is_mounted
        if self._returning and isinstance(top, ConsoleScreen):
            top.paint_on_return()
        self.switch_mode(name)

    def delay_update(self, delay: float = SETTLING) -> None:
        """Textual leaves a view 50 ms to be composed, also one that has long been there: a wait at every key."""
        if not self._returning:
            super().delay_update(min(delay, SETTLING))

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """What is opened over the view is painted when it has its size, not each time that it is laid out."""
        super().delay_update(OPENING)
        return super().push_screen(*args, **kwargs)

    def pop_screen(self) -> AwaitComplete:
        """The view below is painted once: Textual lays it out, which paints it, and then asks for it to be painted."""
        super().delay_update(SETTLING)
        return super().pop_screen()

    def action_view(self, name: str) -> None:
        """Go to a view; to its first page when already there."""
        if name != self.current_mode:
            self.go(name)
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_last_view(self) -> None:
        """The view before this one."""
        self.action_view(self._last_view)

    async def action_back(self) -> None:
        """One step back; the first page of a view stays."""
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def action_leave(self) -> None:
        """One step back, or the end."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.exit()
