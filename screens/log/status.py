"""What the log view knows and tells: its lines, its filters, where the cursor is."""

from __future__ import annotations

from functools import reduce
from operator import and_

from textual.content import Content
from textual.widgets import Static

from mailtui.filters import EVERYTHING, Filter
from mailtui.maillog.model import Event
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.log.paint import Look, painted
from mailtui.screens.log.reading import Bounds, Reading
from mailtui.screens.log.state import State, filter_line, state_line
from mailtui.screens.log.view import LogView
from mailtui.screens.ports import ConsoleServices
from mailtui.services.logs import LogLine
from mailtui.text import clean


class LogStatus(ConsoleScreen):
    """The state of the view, and the lines above the log that tell it."""

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
