"""The log as it is written and as it was: random access to any line, filters, and the way to a message."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.events import ScreenResume, ScreenSuspend
from textual.widget import Widget
from textual.widgets import Static

from mailtui.filters import FilterError, parse
from mailtui.host.errors import MailtuiError
from mailtui.screens.base import Copyable
from mailtui.screens.commands import LOG, Command, bindings
from mailtui.screens.log.choices import LogChoices, NewFilterBar
from mailtui.screens.log.landing import line_of
from mailtui.screens.log.meaning import fields_text
from mailtui.screens.log.moves import LogMoves
from mailtui.screens.log.paint import Look, line_text
from mailtui.screens.log.places import place_named, places_of
from mailtui.screens.log.reading import Bounds
from mailtui.screens.log.view import LogView
from mailtui.screens.messages import Open
from mailtui.screens.ports import ConsoleServices
from mailtui.screens.targets import OpenLog, OpenStory
from mailtui.screens.words import clock, count

SAVED = 20_000
"""Lines that are saved at once, those around the cursor."""
COPIED = ("to", "from", "user", "client", "relay", "message-id", "msgid")


class LogScreen(LogMoves, LogChoices):
    """One log at a time; ``enter`` opens the message of a line."""

    CSS_PATH = "../../styles/log.tcss"
    AUTO_FOCUS = "LogView"
    HELP = (
        "The log, newest line last. Going up stops following; G goes on. enter opens the message of a line, P shows "
        "what its fields mean.\n& adds a filter, \\ switches all of them off and on; going up beyond the first line "
        "opens the older file."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = LOG
    BINDINGS: ClassVar[list[BindingType]] = bindings(LOG)

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Textual declares it

    def __init__(self, services: ConsoleServices, target: OpenLog | None = None) -> None:
        super().__init__(services)
        self._target = target or OpenLog()
        self._in_message = False
        """Whether the current line has a queue ID."""

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Log"

    def compose_view(self) -> Iterable[Widget]:
        """State, filters, lines, and the fields of one line."""
        yield Static(id="log-state", markup=False)
        yield Static(id="log-filters", markup=False)
        yield Static(id="log-trouble", markup=False)
        yield NewFilterBar()
        yield LogView(self.paint)
        with VerticalScroll(id="fields-panel"):
            yield Static(id="fields", markup=False)

    def on_mount(self) -> None:
        """Paint first, then find the log."""
        self.say_state()
        self._begin()
        self.run_worker(self._poller.run(), group="follow")

    @work(group="open", exclusive=True)
    async def _begin(self) -> None:
        target = self._target
        try:
            await self.discover()
        except MailtuiError as error:
            self._fail(error)
            return
        self._aim(target)
        at = target.at
        place = place_named(self._sources, at.source) if at else None
        if place is None:
            wanted = [source for source in self._sources if source.wanted] or list(self._sources)
            if not wanted:
                self._fail(MailtuiError("No mail log was found.", unlock="Name one with mailtui --log FILE."))
                return
            place = places_of(wanted[0])[0]
        self.open_place(place, lambda lines: line_of(lines, at) if at else None)

    def _aim(self, target: OpenLog) -> None:
        """Leave out what was not counted."""
        try:
            where = parse(target.where)
            self._filters = [(where, True)] if where else []
        except FilterError as error:
            self.notify(f"{target.where}: {error.message}", severity="warning", markup=False)
        self._bounds = Bounds(0, target.start, target.end)
        now = time.time()
        start = f"from {clock(target.start, now)}" if target.start is not None else ""
        end = f"until {clock(target.end, now)}" if target.end is not None else ""
        self._window = " ".join(filter(None, (start, end)))

    def show_state(self) -> None:
        """Stand still while paused."""
        self._poller.paused = self.console.paused
        self.say_state()

    def on_screen_suspend(self, _event: ScreenSuspend) -> None:
        """Nobody looks."""
        self._poller.paused = True

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Catch up."""
        self._poller.paused = self.console.paused
        if not self._poller.paused:
            self._poller.hurry()

    @on(LogView.Moved)
    def moved(self) -> None:
        """Say where the cursor is, and what its line tells."""
        self.say_state()
        if bool(self.queue_id()) != self._in_message:
            self._in_message = not self._in_message
            self.refresh_bindings()
        panel = self.query_one("#fields-panel")
        current = self.current() if panel.display else None
        if current:
            self.query_one("#fields", Static).update(fields_text(current[1]))

    @on(LogView.LineOpened)
    def open_line(self) -> None:
        """The message of the line; what its fields mean where it has none."""
        queue_id = self.queue_id()
        if queue_id:
            self.post_message(Open(OpenStory(queue_id)))
        else:
            self.action_fields()

    def action_fields(self) -> None:
        """Show or hide what is known of the current line."""
        self.toggle_class("-fields")
        self.call_after_refresh(self.moved)

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run to the side."""
        self.view.wrap(not self.view.has_class("-wrap"))

    def action_stamps(self) -> None:
        """Leave times out, or show them again."""
        self._look = Look(not self._look.stamps, self._look.search)
        self.view.lines_changed()

    def why_not(self, action: str) -> str:
        """What needs a message, a search, a filter, a marker."""
        if self._reading is None:
            return "" if action in ("source", "copy", "save") else "The log is still being opened."
        match action:
            case "line" if not self._in_message:
                return "This line has no queue ID."
            case "again" if not self._search:
                return "Nothing has been searched for; / does."
            case "toggle_filters" | "filters" if not self._filters:
                return "There is no filter; & writes one."
            case "next_mark" if not self._reading.marks:
                return "No line is marked; m marks one."
        return ""

    def copyables(self) -> Sequence[Copyable]:
        """The line, and what it names."""
        current = self.current()
        if current is None:
            return ()
        line, event = current
        fields = (Copyable(name, event.fields.get(name, "")) for name in COPIED)
        return (Copyable("line", line_text(line)), Copyable("queue ID", self.queue_id()), *fields)

    def saveable(self) -> tuple[str, str]:
        """The lines shown, at most so many around the cursor."""
        reading = self._reading
        if reading is None or not len(reading.shown):
            return "", ""
        rows = len(reading.shown)
        start = max(0, min(self.view.cursor - SAVED // 2, rows - SAVED))
        numbers = [reading.shown.number(row) for row in range(start, min(rows, start + SAVED))]
        lines = [line for number in numbers for line in reading.lines.read_lines(number, 1)]
        note = [] if len(lines) == rows else [f"# {count(len(lines))} of {count(rows)} lines"]
        return f"log-{reading.place.title}", "\n".join([*note, *map(line_text, lines)])
