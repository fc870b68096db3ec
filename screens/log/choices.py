"""Choosing what is shown: the source, older files, filters, a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.widgets import Input

from mailtui.filters import EVERYTHING
from mailtui.screens.background import in_thread
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.log.core import LogCore
from mailtui.screens.log.places import Place, places_of
from mailtui.screens.log.reading import Bounds
from mailtui.screens.log.times import WINDOWS
from mailtui.screens.log.view import LogView
from mailtui.screens.widgets import FilterBar
from mailtui.services.logs import LogSource
from mailtui.text import human_size

ALL = len(WINDOWS) - 1


class NewFilterBar(FilterBar):
    """Writes one more filter; those there are stand in a line of their own."""

    def __init__(self) -> None:
        super().__init__(EVERYTHING)

    def write(self) -> None:
        """Begin with nothing."""
        self.query_one(Input).value = ""
        super().write()

    def _close(self) -> None:
        super()._close()
        self.remove_class("-shown")


class LogChoices(LogCore):
    """Keys that choose lines."""

    _sources: Sequence[LogSource] = ()
    _span = ALL

    def places(self) -> tuple[Place, ...]:
        """The files of the log that is read, newest first."""
        return places_of(self._reading.place.source) if self._reading else ()

    @work(group="dialog", exclusive=True)
    async def action_source(self) -> None:
        """Choose one of the logs of this machine, or an older file."""
        places = [place for source in self._sources for place in places_of(source)]
        choices = [Choice(place.title, _about(place)) for place in places]
        index = await self.app.push_screen_wait(ChooseDialog("Read which log?", choices))
        if index is not None:
            self.open_place(places[index])

    def action_older(self) -> None:
        """The file before this one."""
        self.turn(-1)

    def action_newer(self) -> None:
        """The file after this one."""
        self.turn(1)

    def neighbour(self, by: int) -> Place | None:
        """The file before (-1) or after (1) this one."""
        places = self.places()
        names = [place.path for place in places]
        if self._reading is None or self._reading.place.path not in names:
            return None
        at = names.index(self._reading.place.path) - by
        return places[at] if 0 <= at < len(places) else None

    def turn(self, by: int) -> None:
        """Open the neighbour where it touches this file: its end when going back, its start when going on."""
        place = self.neighbour(by)
        if place is None:
            self.notify("There is no older file." if by < 0 else "This is the newest file.", markup=False)
        elif by < 0:
            self.open_place(place, lambda lines: lines.end - 1)
        else:
            self.open_place(place, lambda lines: lines.line_at(0))

    @on(LogView.Edge)
    def beyond(self, event: LogView.Edge) -> None:
        """Going on beyond the first or last line of a file."""
        reading = self._reading
        whole = reading and not reading.shown.filtered and reading.shown.low is None and reading.lines.counted
        if whole and self.neighbour(event.by):
            self.turn(event.by)

    # filters

    def action_filter(self) -> None:
        """Write one more filter."""
        self.query_one(FilterBar).write()

    @on(FilterBar.Changed)
    def add_filter(self, event: FilterBar.Changed) -> None:
        """Let through only what this one lets through, too."""
        if event.where:
            self._filters.append((event.where, True))
            self._show_from_here()
        self.view.focus()

    def action_toggle_filters(self) -> None:
        """All filters off, or on again; the cursor stays on its line."""
        on = not any(on for _, on in self._filters)
        self._filters = [(where, on) for where, _ in self._filters]
        self._show_from_here()

    @work(group="dialog", exclusive=True)
    async def action_filters(self) -> None:
        """Switch or remove single filters."""
        toggles = [Choice(str(where), "on: switch off" if on else "off: switch on") for where, on in self._filters]
        removals = [Choice(f"Remove {where}") for where, _ in self._filters]
        index = await self.app.push_screen_wait(ChooseDialog("Filters", [*toggles, *removals]))
        if index is None:
            return
        at = index % len(self._filters)
        if index < len(toggles):
            where, on = self._filters[at]
            self._filters[at] = (where, not on)
        else:
            del self._filters[at]
        self._show_from_here()

    # time

    @work(group="dialog", exclusive=True)
    async def action_window(self) -> None:
        """Choose how far back lines are shown."""
        choices = [Choice(name, "before the last line" if seconds else "") for name, seconds in WINDOWS]
        index = await self.app.push_screen_wait(ChooseDialog("Show the last", choices))
        if index is not None:
            self._show_window(index)

    def action_span(self, by: int) -> None:
        """A longer or shorter stretch of time."""
        self._show_window(max(0, min(ALL, self._span + by)))

    def _show_window(self, index: int) -> None:
        self._span = index
        name, seconds = WINDOWS[index]
        self._window = f"last {name}" if seconds else ""
        self._bounds = Bounds(seconds)
        self._show_from_here()

    def _show_from_here(self) -> None:
        self.show_lines(None if self.view.following else self.view.number)
        self.refresh_bindings()

    async def discover(self) -> None:
        """Find out which logs there are."""
        self._sources = await in_thread(self._services.sources.discover, "log-sources")


def _about(place: Place) -> str:
    size = place.source.size if not place.older else 0
    state = (
        place.source.problem or (place.packing and f"packed, {place.packing}") or ("older file" if place.older else "")
    )
    return "  ".join(filter(None, (human_size(size) if size else "", state)))
