"""Reading ever more of the past into a book of its own, until it may take the place of the one so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from math import inf

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.services.live.aside import Aside
from mailtui.services.live.book import LogBook
from mailtui.services.live.journal import JournalWindow
from mailtui.services.live.pace import Pace
from mailtui.services.live.past import MovedError, end_of, size_since
from mailtui.services.live.trail import NOWHERE, FileTrail, JournalTrail, Trail
from mailtui.services.live.window import FileWindow, Window
from mailtui.services.logs import LogSource, merge

DAY = 86_400.0
_ENTRY_BYTES = 150
"""What a journal entry counts for."""
_NEAR = 2**16
"""Bytes read while the lock is held: some ten milliseconds."""
_ROUNDS = 100
_PAUSE = 0.25
"""Seconds before the second try, doubled before each further one: rotation takes its time."""


class Widening:
    """Windows on the past of some sources, each wider than the one before."""

    def __init__(
        self,
        sources: Sequence[LogSource],
        tools: Tools,
        lock: threading.Lock,
        stop: threading.Event,
        aside: Aside,
        take_over: Callable[[LogBook], bool],
    ) -> None:
        """``take_over`` is called with ``lock`` held and a book that has caught up; whether it was taken."""
        self._sources = sources
        self._tools = tools
        self._lock = lock
        self._stop = stop
        self._aside = aside
        self._take_over = take_over
        self.trails: Mapping[str, Trail] = {source.name: _trail(source) for source in sources}

    @property
    def size(self) -> float:
        """Bytes that the last day's files have; of a journal nobody knows, so that it counts as endless."""
        since = time.time() - DAY
        return sum(inf if source.path is None else size_since(source.path, since) for source in self._sources)

    def widen(self, budget: int, *, rest: float, tries: int) -> bool:
        """Read a window of ``budget`` bytes a source; whether a wider one would hold nothing more."""
        for number in range(tries):
            if number and self._stop.wait(_PAUSE * 2**number):
                break
            try:
                return self._try(budget, rest)
            except (MovedError, MailtuiError):
                continue
        return False

    def _try(self, budget: int, rest: float) -> bool:
        with ExitStack() as opened:
            windows: list[Window] = []
            for source in self._sources:
                windows.append(self._open(source, budget))
                opened.callback(windows[-1].close)
            taken = self._catch_up(windows, rest)
            return taken and all(window.whole for window in windows)

    def _open(self, source: LogSource, budget: int) -> Window:
        since = time.time() - DAY
        trail = self.trails[source.name]
        if isinstance(trail, JournalTrail):
            return JournalWindow(trail, since=since, most=budget // _ENTRY_BYTES, tools=self._tools)
        return FileWindow(source, trail, since=since, budget=budget, tools=self._tools)

    def _catch_up(self, windows: Sequence[Window], rest: float) -> bool:
        """Read up to where following has come, the last bit while it stands still; whether the book was taken."""
        book = LogBook()
        self._read(book, windows, Pace(self._stop, self._aside, rest=rest))
        for _ in range(_ROUNDS):
            if self._stop.is_set():
                return False
            with self._lock:
                if sum(window.left for window in windows) <= _NEAR:
                    _feed(book, merge(*(window.events() for window in windows if window.left > 0)))
                    if not self._take_over(book):
                        return False
                    for window in windows:
                        window.settle()
                    return True
            self._read(book, windows, Pace(self._stop, self._aside, rest=0.0))
        return False

    def _read(self, book: LogBook, windows: Sequence[Window], pace: Pace) -> None:
        now = time.time()
        for event in merge(*(window.events() for window in windows)):
            book.feed(event, now)
            if not pace.step():
                return


def _feed(book: LogBook, events: Iterable[Event]) -> None:
    now = time.time()
    for event in events:
        book.feed(event, now)


def _trail(source: LogSource) -> Trail:
    """Where following is to begin: after what there is now, or with all of a file that is not there yet."""
    if source.path is None:
        return JournalTrail()
    try:
        return FileTrail(end_of(source.path))
    except MailtuiError:
        return FileTrail(NOWHERE)
