"""The log view's engine room: opens a place, counts, follows and filters it, everything slow in threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual import work

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.log.levels import passes
from mailtui.screens.log.lines import Lines
from mailtui.screens.log.places import Place, open_place
from mailtui.screens.log.reading import News, Reading
from mailtui.screens.log.search import Scan
from mailtui.screens.log.status import LogStatus
from mailtui.screens.polling import Poller
from mailtui.screens.ports import ConsoleServices
from mailtui.services.logs import Change

T = TypeVar("T")
STEP = 0.25
"""Seconds of work between two paints."""
LOOK = 1 / 3
"""Seconds between two looks at the file."""
Landing = Callable[[Lines], int | None]
"""Where to stand in a place just opened; None follows its end. May count far back."""


class LogCore(LogStatus):
    """What the keys of the view work on."""

    def __init__(self, services: ConsoleServices) -> None:
        super().__init__(services)
        self._poller = Poller(self._read_news, self._take_news, self._fail, seconds=LOOK, name="log-lines")

    # opening

    @work(group="open", exclusive=True)
    async def open_place(self, place: Place, landing: Landing = lambda _lines: None) -> None:
        """Read another file or the journal."""
        self._trouble = ""
        self._busy = f"{'unpacking' if place.packing else 'opening'} {place.title}"
        self.say_state()
        try:
            lines = await in_thread(partial(open_place, place, self._services.tools), "log-open")
            number = await in_thread(partial(landing, lines), "log-land")
        except MailtuiError as error:
            self._fail(error)
            return
        before, self._reading = self._reading, Reading(place, lines)
        if before:
            before.close()
        self._busy = ""
        self._learned()
        self._count(self._reading)
        self.show_lines(number)

    def on_unmount(self) -> None:
        """Let the file go."""
        if self._reading:
            self._reading.close()

    def _fail(self, error: MailtuiError) -> None:
        """Say what is in the way and what would clear it."""
        self._busy = ""
        told = error.told if error.unlock else f"{error.message}; s chooses another log, 0 tells what to do"
        self._trouble = f"✖ {told}"
        self.say_state()

    @work(group="count", exclusive=True)
    async def _count(self, reading: Reading) -> None:
        """Older lines, so that one can go up to them."""
        while await self._step(reading, reading.lines.count) is False:
            self._take_known(reading)
        self._take_known(reading)

    async def _step(self, reading: Reading, step: Callable[[float], T]) -> T | None:
        return await in_thread(partial(reading.use, partial(step, STEP)), "log-step")

    # what is shown

    @work(group="rows", exclusive=True)
    async def show_lines(self, number: int | None) -> None:
        """Show what filters and bounds leave, with the cursor at a line or the next one; None follows the end."""
        reading = self._reading
        if reading is None:
            return
        where = self.where
        self._searched = None
        bounds = partial(reading.bound, self._bounds)
        low, high = await in_thread(lambda: reading.use(bounds) or (None, None), "log-bounds")
        shown = reading.shown
        shown.know(reading.lines.first, reading.lines.end)
        shown.low, shown.high = low, high
        stop = reading.restart(passes(where) if where else None)
        self.view.show(shown, number)
        if reading.test:
            scan = Scan(reading.lines, reading.place.name, reading.test, low, min(stop, shown.stop))
            await self._scan(reading, scan, number)
        self.say_state()

    async def _scan(self, reading: Reading, scan: Scan, number: int | None) -> None:
        """Show what is found as it is found; the cursor lands on its line when that is reached."""
        done: bool | None = False
        while done is False:
            self._searched = scan.passed
            self.say_state()
            done = await self._step(reading, scan.step)
            found = scan.take()
            reading.shown.found_older(found)
            if found:
                self.view.grown(len(found))
            if number is not None and (done or scan.at <= number):
                self.view.go(reading.shown.row(number))
                number = None
        self._searched = None

    def _take_known(self, reading: Reading) -> None:
        if reading is self._reading:
            moved = reading.shown.know(reading.lines.first, reading.lines.end)
            self.view.grown(moved)
            self.say_state()

    # following

    def _read_news(self) -> News:
        reading = self._reading
        news = reading.use(reading.look) if reading and not reading.place.packing else None
        return news or News()

    def _take_news(self, news: News) -> None:
        reading = self._reading
        if reading is None or news.change is Change.SAME:
            return
        self._trouble = ""
        if news.change is Change.REPLACED:
            reading.rotated()
            self.notify(f"{reading.place.title} was rotated: < opens the file before", markup=False)
            self._count(reading)
            self.show_lines(None)
            return
        if news.test is reading.test:
            reading.shown.found_newer(news.found)
        self._take_known(reading)
