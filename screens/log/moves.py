"""Going to lines: the next failure, the next line of the message, a text, a moment, a marker."""

from __future__ import annotations

import time
from functools import partial

from textual import work

from mailtui.filters.values import moment
from mailtui.maillog.model import NOQUEUE
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.log.core import LogCore
from mailtui.screens.log.levels import LineTest, has_queue_id, has_text, is_failure
from mailtui.screens.log.paint import Look
from mailtui.screens.log.search import Seek
from mailtui.screens.log.times import line_of_moment


class LogMoves(LogCore):
    """Keys that move the cursor."""

    def action_follow(self) -> None:
        """Go with the end of the log, or stay here."""
        if self.view.following:
            self.view.following = False
        else:
            self.view.action_last()
        self.say_state()

    def action_error(self, by: int) -> None:
        """The next or previous line that tells of a failure."""
        self._seek(is_failure(), (0, by), what="failure")

    def action_line(self, by: int) -> None:
        """The next or previous line of the same message."""
        queue_id = self.queue_id()
        if queue_id:
            self._seek(has_queue_id(queue_id), (0, by), what=f"line of {queue_id}")

    @work(group="dialog", exclusive=True)
    async def action_search(self) -> None:
        """Ask for a text and go to where it stands next."""
        dialog = PromptDialog("Search", value=self._search, hint="Text, in any case; n and N go on")
        text = await self.app.push_screen_wait(dialog)
        if text:
            self._search = text
            self._look = Look(self._look.stamps, text)
            self.view.lines_changed()
            # From this line on; at the end of a log, where it opens, what is sought lies above.
            self._seek(has_text(text), (-1, 1), (0, -1), what=text)

    def action_again(self, by: int) -> None:
        """The next or previous line with the text."""
        self._seek(has_text(self._search), (0, by), what=self._search)

    @work(group="dialog", exclusive=True)
    async def action_time(self) -> None:
        """Ask for a moment and go there."""
        dialog = PromptDialog("Go to a time", hint="14:30, 2026-03-04 14:30, or how long ago: 2h", refuse=_no_time)
        text = await self.app.push_screen_wait(dialog)
        when = moment(text.replace(" ", "T", 1)) if text else None
        reading = self._reading
        if when is None or reading is None:
            return
        start = when.start
        number = await in_thread(partial(reading.use, partial(line_of_moment, reading.lines, start)), "log-time")
        if number is not None:
            self._take_known(reading)
            self._land(number)

    def action_mark(self) -> None:
        """Set a marker on this line, or take it away."""
        number = self.view.number
        if self._reading and number is not None:
            self._reading.marks ^= {number}
            self.view.lines_changed(self.view.cursor)

    def action_next_mark(self) -> None:
        """The next marked line; after the last one, the first."""
        reading, number = self._reading, self.view.number
        if reading and reading.marks and number is not None:
            marks = sorted(reading.marks)
            self._land(next((mark for mark in marks if mark > number), marks[0]))

    def queue_id(self) -> str:
        """The queue ID of the current line."""
        current = self.current()
        return current[1].queue_id if current and current[1].queue_id != NOQUEUE else ""

    @work(group="seek", exclusive=True)
    async def _seek(self, test: LineTest, *ways: tuple[int, int], what: str) -> None:
        """Go to the first line that passes, the one way, then the other: from how far below this row on, up or down."""
        reading, view = self._reading, self.view
        if reading is None or view.number is None:
            return
        followed, view.following = view.following, False  # a new line must not take the cursor away meanwhile
        here = view.number
        self._busy = f"looking for {what}"
        found: int | None = None
        done: bool | None = True
        for below, by in ways:
            if done and found is None:
                seek = Seek(reading.lines, reading.place.name, test, reading.shown.numbers(view.cursor + below, by))
                done = False
                while done is False and view.number == here:
                    done = await self._step(reading, seek.step)
                    self.say_state()
                found = seek.found
        self._busy = ""
        if found is not None and view.number == here:
            self._land(found)
        elif done and found is None:
            if followed:
                view.action_last()
            which = "" if len(ways) > 1 else "next " if ways[0][1] > 0 else "earlier "
            self.notify(f"There is no {which}{what}.", markup=False)
        self.say_state()

    def _land(self, number: int) -> None:
        reading = self._reading
        if reading:
            self.view.following = False
            self.view.go(reading.shown.row(number))
            self.say_state()


def _no_time(text: str) -> str:
    return "" if moment(text.replace(" ", "T", 1), time.time()) else "Not a time: 14:30, 2026-03-04 14:30, 2h"
