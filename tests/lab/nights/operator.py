"""Somebody at the console: presses keys, reads the screen, and is counted."""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from mailtui.app import MailtuiApp
from mailtui.lab import Lab
from mailtui.screens.dialogs.plan import PlanDialog
from mailtui.screens.widgets.line_view import LineView
from tests.lab.test_console import console, text_of, until, words_of

MOST_KEYS = 15
"""From opening to proof."""
TARGETS = re.compile(r"([\d,]+) targets")
"""What a plan for many wants typed."""
FIGURES = "MAILTUI_NIGHTS"
"""Names the file that figures are added to, where somebody wants them."""


class Operator:
    """One night's console, with the keys pressed so far."""

    def __init__(self, app: MailtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.keys = 0
        self._pilot = pilot
        self._opened = time.monotonic()

    async def press(self, *keys: str) -> None:
        """Press keys, each counted."""
        self.keys += len(keys)
        await self._pilot.press(*keys)

    async def sees(self, *words: str, seconds: float = 60.0) -> None:
        """Wait until all words are on the screen."""
        await self.until(lambda: all(word in words_of(self.app) for word in words), seconds)

    async def until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait for what happens outside the console, or on it."""
        await until(self._pilot, condition, seconds)

    async def agrees(self, *words: str, then: str = "") -> None:
        """Read the plan, say yes, read that it was done; go on with what is offered ``then``, or go back."""
        await self.until(lambda: isinstance(self.app.screen, PlanDialog))
        await self.sees(*words)
        number = TARGETS.search(text_of(self.app))
        if number and self.app.screen.query_one(Input).display:
            await self.press(*number[1].replace(",", ""), "enter")
        else:
            await self.press("y")
        await self.sees("Done", *(("F next:", then) if then else ()))
        await self.press("F" if then else "escape")

    async def stands_on(self, *words: str) -> None:
        """Go down a list until the line under the cursor has all words."""
        await self.sees(*words)
        for _ in range(MOST_KEYS):
            if all(word in self._line() for word in words):
                return
            await self.press("down")
            await self._pilot.pause()
        raise AssertionError(f"{words} is too far down:\n{text_of(self.app)}")

    def proven(self, night: int) -> None:
        """The night is over: note what it took."""
        assert self.keys <= MOST_KEYS, f"{self.keys} keys"
        where = os.environ.get(FIGURES)
        if where:
            with Path(where).open("a", encoding="utf-8") as file:
                file.write(f"{night}\t{self.keys}\t{time.monotonic() - self._opened:.0f}\n")

    def _line(self) -> str:
        """The line under the cursor of the list that has the focus."""
        view = self.app.focused
        if not isinstance(view, LineView):
            return ""
        row = view.content_region.y + view.header_height + view.cursor - int(view.scroll_offset.y)
        lines = text_of(self.app).splitlines()
        return " ".join(lines[row].split()) if 0 <= row < len(lines) else ""


@asynccontextmanager
async def operator(lab: Lab) -> AsyncIterator[Operator]:
    """Somebody who has just opened the console."""
    async with console(lab) as (app, pilot):
        yield Operator(app, pilot)
