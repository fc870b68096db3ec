"""The log view's engine room: opens a place, counts, follows and filters it, everything slow in threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from operator import and_
from typing import TypeVar

from textual import work
from textual.content import Content
from textual.widgets import Static

from mailtui.filters import EVERYTHING, Filter
from mailtui.host.errors import MailtuiError
from mailtui.maillog.model import Event
from mailtui.screens.background import in_thread
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.log.levels import passes
from mailtui.screens.log.lines import Lines
from mailtui.screens.log.paint import Look, painted
from mailtui.screens.log.places import Place, open_place
from mailtui.screens.log.reading import Bounds, News, Reading
from mailtui.screens.log.search import Scan
from mailtui.screens.log.state import State, filter_line, state_line
from mailtui.screens.log.view import LogView
from mailtui.screens.polling import Poller
from mailtui.screens.ports import ConsoleServices
from mailtui.services.logs import Change, LogLine
from mailtui.text import clean

T = TypeVar("T")
STEP = 0.25
"""Seconds of work between two paints."""
LOOK = 1 / 3
"""Seconds between two looks at the file."""
Landing = Callable[[Lines], int | None]
"""Where to stand in a place just opened; None follows its end. May count far back."""


class LogCore(ConsoleScreen):
    """What the keys of the view work on."""

    def __init__(self, services: ConsoleServices) -> None:
        super().__init__()
        self._services = services
        self._reading: Reading | None = None
        self._filters: list[tuple[Filter, bool]] = []
        self._bounds = Bounds()
        self._window = ""
        self._look = Look()
        self._search = ""
        self._busy = ""
        self._trouble = ""
        self._searched: int | None = None
        self._rows_then = 0
        self._poller = Poller(self._read_news, self._take_news, self._fail, seconds=LOOK, name="log-lines")

    @property
    def view(self) -> LogView:
        """The list of lines."""
        return self.query_one(LogView)

    @property
    def where(self) -> Filter:
        """All filters that are switched on."""
        return reduce(and_, (where for where, on in self._filters if on), EVERYTHING)

    def current(self) -> tuple[LogLine, Event] | None:
        """The line under the cursor, and what it tells."""
        reading, number = self._reading, self.view.number
        line = reading.line(number) if reading and number is not None else None
        return (line, reading.event(line)) if reading and line else None

    def paint(self, number: int) -> Content:
        """One line for the view."""
        reading = self._reading
        line = reading.line(number) if reading else None
        if reading is None or line is None:
            return Content.empty()
        return painted(line, reading.event(line), self._look, marked=number in reading.marks)

    def say_state(self) -> None:
        """Bring the lines above the log up to date."""
        state = self._state()
        self._say("#log-state", state_line(state))
        self._say("#log-filters", filter_line(state))
        self._say("#log-trouble", Content.styled(clean(self._trouble), "$text-error"))

    def _say(self, name: str, content: Content) -> None:
        widget = self.query_one(name, Static)
        widget.display = bool(content.plain)
        if not isinstance(widget.content, Content) or not content.is_same(widget.content):
            widget.update(content, layout=name == "#log-trouble")

    def _state(self) -> State:
        reading, view = self._reading, self.view
        if reading is None:
            return State(title="", busy=self._busy or ("" if self._trouble else "looking for the log"))
        rows = len(reading.shown)
        if view.following:
            self._rows_then = rows
        return State(
            title=reading.place.title,
            older=reading.place.older,
            position=min(view.cursor + 1, rows),
            rows=rows,
            lines_known=reading.lines.counted or reading.shown.filtered or reading.shown.low is not None,
            counted_share=reading.lines.counted_share,
            following=view.following,
            paused=self.console.paused,
            new=max(0, rows - self._rows_then),
            filters=tuple((str(where), on) for where, on in self._filters),
            searched=self._searched,
            full=reading.shown.filtered and reading.shown.full,
            window=self._window,
            search=self._search,
            busy=self._busy,
        )

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
        self._trouble = f"✖ {error.message} {error.unlock}".strip()
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
