"""The log as it is being written, read by threads.

A narrow window of the tail is read first, so that there is something to see at once. From then on new lines are added
as they come, while ever wider windows are read in the background into a book of their own; each takes the narrower
one's place when it has caught up. Nothing is merged, so nothing can be counted twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event, Story
from mailtui.maillog.parser import Parser
from mailtui.services.live.book import LogBook
from mailtui.services.live.model import LiveSnapshot, SourceState
from mailtui.services.live.pace import Pace
from mailtui.services.live.window import FileWindow, JournalWindow, Mark, Window, behind, stamp_of
from mailtui.services.logs import Batch, Follower, LogSource, Position, merge

DAY = 86_400.0
BUDGETS = (2**20, 2**25, 2**29)
"""Bytes of log per window and source; the widest is about four million lines."""
_ENTRY_BYTES = 150
"""What a journal entry counts for."""
_SLICE = 256
"""Lines fed while the lock is held: two or three milliseconds."""
_TRIES = 3
"""How often a window is begun anew because the log was rotated meanwhile."""


class LiveLog:
    """Keeps a ``LogBook`` of the last day up to date between ``start`` and ``stop``."""

    def __init__(self, discover: Callable[[], Sequence[LogSource]], tools: Tools) -> None:
        self._discover = discover
        self._tools = tools
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._book = LogBook()
        self._marks: dict[str, Mark] = {}
        self._sources: tuple[LogSource, ...] = ()
        self._parsers: dict[str, Parser] = {}
        self._follower: Follower | None = None
        self._problem: SourceState | None = None
        self._loading = True
        self._snapshot = LiveSnapshot(0, time.time())

    def start(self) -> None:
        """Begin to read; returns at once."""
        self._run(self._read, "log")

    def stop(self) -> None:
        """End reading and wait for the threads."""
        self._stop.set()
        if self._follower:
            self._follower.stop()
        for thread in self._threads:
            thread.join()

    def snapshot(self) -> LiveSnapshot:
        """What is known now; the same object as before while nothing has changed."""
        now = time.time()
        with self._lock:
            last, book = self._snapshot, self._book
            states = self._states()
            same = (book.lines, states, self._loading) == (last.lines, last.sources, last.loading)
            if not same or int(now // 60) != int(last.now // 60):
                self._snapshot = LiveSnapshot(
                    last.version + 1,
                    now,
                    book.rates.minutes(now),
                    book.incidents.incidents(),
                    states,
                    book.lines,
                    book.unparsed,
                    book.first_time,
                    self._loading,
                )
            return self._snapshot

    def story(self, name: str) -> Story | None:
        """The message with this story key or queue ID, as far as it is in memory."""
        with self._lock:
            return self._book.story(name)

    def incident_events(self, incident_id: str) -> Sequence[Event]:
        """The latest lines of one incident, oldest first."""
        with self._lock:
            return self._book.incidents.events(incident_id)

    def _run(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _states(self) -> tuple[SourceState, ...]:
        if self._problem:
            return (self._problem,)
        return tuple(self._state(source) for source in self._sources if not source.covered_by)

    def _state(self, source: LogSource) -> SourceState:
        if not source.readable:
            return SourceState(source.name, "denied", source.problem, source.unlock)
        last = self._book.last_times.get(source.name)
        if self._follower is None:
            return SourceState(source.name, "reading", last_line=last)
        condition = self._follower.condition(source)
        return SourceState(source.name, condition.state, condition.problem, condition.unlock, last)

    def _read(self) -> None:
        """The main thread's work: the narrow window, then whatever is written."""
        try:
            self._sources = tuple(self._discover())
            wanted = [source for source in self._sources if source.wanted]
            self._parsers = {source.name: Parser(source.name) for source in wanted}
            self._widen(wanted, BUDGETS[0])
            self._follow(wanted)
        except MailtuiError as error:
            self._problem = SourceState("log", "failed", error.message, error.unlock)
            self._loading = False

    def _follow(self, wanted: Sequence[LogSource]) -> None:
        starts = {name: mark for name, mark in self._marks.items() if isinstance(mark, Position)}
        self._follower = Follower(wanted, tools=self._tools, starts=starts)
        if self._stop.is_set():
            return
        self._run(lambda: self._widen_all(wanted), "log history")
        for batch in self._follower:
            self._feed(batch)

    def _feed(self, batch: Batch) -> None:
        """Add new lines, but not those that a window has already read."""
        events = self._new_events(batch)
        while chunk := [event for event, _ in zip(events, range(_SLICE), strict=False)]:
            with self._lock:
                now = time.time()
                for event in chunk:
                    self._book.feed(event, now)

    def _new_events(self, batch: Batch) -> Iterator[Event]:
        name, parser = batch.source.name, self._parsers[batch.source.name]
        if batch.source.path is None:
            for line in batch.lines:
                entry = json.loads(line)
                stamp = stamp_of(entry)
                if behind(self._marks.get(name, 0), stamp):
                    self._marks[name] = stamp
                    yield parser.parse_journal(entry)
            return
        offset = batch.offset
        for line in batch.lines:
            end = offset + len(line) + 1
            mark = self._marks.get(name)
            if mark is None or behind(mark, Position(batch.identity, end)):
                self._marks[name] = Position(batch.identity, end)
                yield parser.parse(line, offset)
            offset = end

    def _widen_all(self, wanted: Sequence[LogSource]) -> None:
        for budget in BUDGETS[1:]:
            if self._stop.is_set() or self._widen(wanted, budget):
                break
        self._loading = False

    def _widen(self, wanted: Sequence[LogSource], budget: int) -> bool:
        """Read a window and put its book in place; whether a wider one would hold nothing more."""
        for _ in range(_TRIES):
            windows = self._open_windows(wanted, budget)
            try:
                book = LogBook()
                if self._catch_up(book, windows):
                    return all(window.whole for window in windows.values())
            finally:
                for window in windows.values():
                    window.close()
        return False

    def _open_windows(self, wanted: Sequence[LogSource], budget: int) -> dict[str, Window]:
        since = time.time() - DAY
        windows: dict[str, Window] = {}
        for source in wanted:
            try:
                if source.path is None:
                    windows[source.name] = JournalWindow(since=since, most=budget // _ENTRY_BYTES, tools=self._tools)
                else:
                    windows[source.name] = FileWindow(
                        source, source.path, since=since, budget=budget, tools=self._tools
                    )
            except MailtuiError:
                continue  # the follower says what is wrong with it, and reads it once it can
        return windows

    def _catch_up(self, book: LogBook, windows: dict[str, Window]) -> bool:
        """Read up to where following has come, then take the place of the book so far; False if that cannot be."""
        pace = Pace(self._stop, rest=0.0 if self._follower is None else 1.0)
        now = time.time()
        for _ in range(_TRIES):
            for event in merge(*(window.events() for window in windows.values())):
                book.feed(event, now)
                if not pace.step():
                    return False
            with self._lock:
                marks = {name: window.mark for name, window in windows.items()}
                if not any(behind(mark, self._marks[name]) for name, mark in marks.items() if name in self._marks):
                    self._book, self._marks = book, {**self._marks, **marks}
                    return True
        return False
