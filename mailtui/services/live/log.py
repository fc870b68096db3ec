"""The log as it is being written, read by threads.

A narrow window of the tail is read first, so that there is something to see at once. From then on new lines are added
as they come, while ever wider windows are read in the background into a book of their own; each takes the narrower
one's place when it has caught up. Nothing is merged, so nothing can be counted twice.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event, Story
from mailtui.maillog.parser import Parser
from mailtui.services.live.aside import Aside
from mailtui.services.live.book import LogBook
from mailtui.services.live.finding import AGAIN, wait_for_others
from mailtui.services.live.journal import entries
from mailtui.services.live.model import LiveSnapshot, SourceState
from mailtui.services.live.trail import FileTrail, JournalTrail
from mailtui.services.live.widening import Widening
from mailtui.services.logs import Batch, Follower, LogSource

BUDGETS = (2**20, 2**25, 2**29)
"""Bytes of log per window and source; the widest is about four million lines."""
_SLICE = 128
"""Lines fed while the lock is held: one or two milliseconds."""
_SWITCH = 0.001
"""Seconds a thread may keep the interpreter while the screen waits for it; Python's own 5 ms would be felt."""
_REST = 1.0
"""How long the background rests for each second it works."""


class LiveLog:
    """Keeps a ``LogBook`` of the last day up to date between ``start`` and ``stop``."""

    def __init__(self, discover: Callable[[], Sequence[LogSource]], tools: Tools) -> None:
        self._discover = discover
        self._tools = tools
        self._lock = threading.Lock()
        self._aside = Aside()
        self._ended = False
        self._halt = threading.Event()
        """Ends the reading of the sources found; others may be found then."""
        self._threads: list[threading.Thread] = []
        self._book = LogBook()
        self._sources: tuple[LogSource, ...] = ()
        self._follower: Follower | None = None
        self._problem: SourceState | None = None
        self._loading = True
        self._snapshot = LiveSnapshot(0, time.time())

    def start(self) -> None:
        """Begin to read; returns at once."""
        sys.setswitchinterval(_SWITCH)
        self._run(self._read, "log")

    def stop(self) -> None:
        """End reading and wait for the threads."""
        with self._lock:
            self._ended = True
            self._halt.set()
        if self._follower:
            self._follower.stop()
        for thread in self._threads:
            thread.join()

    def stand_aside(self) -> None:
        """Let the screen answer a key before more is read."""
        self._aside.ask()

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
                    book.strange,
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
        if self._follower is None:
            return SourceState(source.name, "reading")
        condition = self._follower.condition(source)
        return SourceState(source.name, condition.state, condition.problem, condition.unlock)

    def _read(self) -> None:
        """The main thread's work: the sources there are, and again when there are others."""
        while self._begin():
            try:
                self._read_sources(tuple(self._discover()))
            except (MailtuiError, OSError) as error:
                self._problem = SourceState("log", "failed", str(error), getattr(error, "unlock", ""))
            finally:
                self._loading = False
            self._halt.wait(AGAIN)
            self._halt.set()

    def _begin(self) -> bool:
        with self._lock:
            self._halt = threading.Event()
            return not self._ended

    def _read_sources(self, sources: tuple[LogSource, ...]) -> None:
        """The narrow window, then whatever is written."""
        with self._lock:
            self._book, self._follower, self._problem, self._loading = LogBook(), None, None, True
            self._sources = sources
        if any(not source.readable and not source.covered_by for source in sources):
            self._run(partial(self._look_again, self._halt), "log sources")
        wanted = [source for source in sources if source.wanted]
        take_over = partial(self._take_over, self._halt)
        widening = Widening(wanted, self._tools, self._lock, self._halt, self._aside, take_over)
        self._loading = not widening.widen(BUDGETS[0], rest=0.0, tries=2)
        self._follow(wanted, widening)

    def _look_again(self, halt: threading.Event) -> None:
        if wait_for_others(self._discover, self._sources, halt) and not halt.is_set():
            halt.set()
            if self._follower:
                self._follower.stop()

    def _follow(self, wanted: Sequence[LogSource], widening: Widening) -> None:
        trails = widening.trails
        starts = {name: t.start if isinstance(t, FileTrail) else t.cursor for name, t in trails.items()}
        parsers = {source.name: Parser(source.name) for source in wanted}
        self._follower = Follower(wanted, tools=self._tools, starts=starts)
        if self._halt.is_set():
            return
        if self._loading:
            self._run(partial(self._widen, widening, self._halt), "log history")
        for batch in self._follower:
            trail, parser = trails[batch.source.name], parsers[batch.source.name]
            if isinstance(trail, JournalTrail):
                self._add_entries(batch, trail, parser)
            else:
                self._add_lines(batch, trail, parser)

    def _widen(self, widening: Widening, halt: threading.Event) -> None:
        try:
            # What is more than half of the next would be read and held twice for little.
            *between, widest = BUDGETS[1:]
            for budget in (*(budget for budget in between if 2 * budget < widening.size), widest):
                if halt.is_set() or widening.widen(budget, rest=_REST, tries=8):
                    break
        except OSError:
            pass  # the past cannot be read; what comes is followed all the same
        finally:
            if not halt.is_set():
                self._loading = False

    def _take_over(self, halt: threading.Event, book: LogBook) -> bool:
        """A book that has caught up becomes the one shown, unless it holds less: a log emptied for good."""
        if halt.is_set() or book.lines < self._book.lines:
            return False
        self._book = book
        return True

    def _add_lines(self, batch: Batch, trail: FileTrail, parser: Parser) -> None:
        start = batch.offset
        for lines in _slices(batch.lines):
            self._aside.step(self._halt)
            events, end = [], start
            for line in lines:
                events.append(parser.parse(line, end))
                end += len(line) + 1
            with self._lock:
                self._feed(events)
                trail.add(batch.identity, start, end)
            start = end

    def _add_entries(self, batch: Batch, trail: JournalTrail, parser: Parser) -> None:
        for lines in _slices(batch.lines):
            self._aside.step(self._halt)
            with self._lock:
                self._feed([parser.parse_journal(entry) for stamp, entry in entries(lines) if trail.is_new(stamp)])

    def _feed(self, events: Sequence[Event]) -> None:
        now = time.time()
        for event in events:
            self._book.feed(event, now)


def _slices(lines: list[bytes]) -> Iterator[list[bytes]]:
    for at in range(0, len(lines), _SLICE):
        yield lines[at : at + _SLICE]
