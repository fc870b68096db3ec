"""Several logs followed at once: batches of lines as they are written, until somebody has heard enough."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from mailtui.host.tools import Tools
from mailtui.host.watching import looks
from mailtui.services.logs.filetail import Condition, FileTail, Identity, Position
from mailtui.services.logs.journal import JournalTail
from mailtui.services.logs.source import LogSource

WAITING = 32
"""Batches read ahead; when the reader is slower than the log, reading waits."""
LOOK = 250
"""Milliseconds after which files are looked at even without a change being reported."""
_NOWHERE: Identity = (0, 0)


class Batch(NamedTuple):
    """Whole lines in the order of their source."""

    source: LogSource
    offset: int
    """Where the first line starts; the lines lie next to each other, one newline between them. 0 for the journal."""
    lines: list[bytes]
    """Without their newlines; JSON entries for the journal."""
    identity: Identity
    """Device and inode of the file, which its name may no longer stand for."""


class Follower:
    """Iterate to get batches; ``stop`` ends the iteration from any thread."""

    def __init__(
        self, sources: Iterable[LogSource], *, tools: Tools, starts: Mapping[str, Position | str] | None = None
    ) -> None:
        """``starts``: by source name, the position (file) or cursor (journal) up to which lines are known."""
        self._starts = dict(starts or {})
        self._batches: queue.Queue[Batch | None] = queue.Queue(WAITING)
        self._stopped = threading.Event()
        self._failure: Exception | None = None
        self._files: dict[LogSource, FileTail] = {}
        self._journals: dict[LogSource, JournalTail] = {}
        for source in sources:
            start = self._starts.get(source.name)
            if source.path is None:
                self._journals[source] = JournalTail(tools, start if isinstance(start, str) else "")
            else:
                self._files[source] = FileTail(source.path, start if isinstance(start, Position) else None)

    def condition(self, source: LogSource) -> Condition:
        """How a source does now."""
        tail = self._files.get(source) or self._journals[source]
        return tail.condition

    def stop(self) -> None:
        """End the iteration."""
        self._stopped.set()
        for journal in self._journals.values():
            journal.stop()
        with contextlib.suppress(queue.Full):
            self._batches.put_nowait(None)  # wakes a reader that waits

    def __iter__(self) -> Iterator[Batch]:
        """Batches as they come; to be iterated once."""
        works = [self._follow_files, *(partial(self._follow_journal, *pair) for pair in self._journals.items())]
        threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        try:
            while (batch := self._batches.get()) and not self._stopped.is_set():
                yield batch
        finally:
            self.stop()
            for thread in threads:
                thread.join()
            for tail in self._files.values():
                tail.close()
        if self._failure:
            raise self._failure

    def _guarded(self, work: Callable[[], None]) -> None:
        """Let an error end the iteration instead of the thread alone."""
        try:
            work()
        except Exception as error:  # it is raised where the batches are read
            self._failure = error
            self.stop()

    def _put(self, batch: Batch) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._batches.put(batch, timeout=0.1)
                return

    def _follow_journal(self, source: LogSource, tail: JournalTail) -> None:
        for lines in tail.batches():
            self._put(Batch(source, 0, lines, _NOWHERE))

    def _follow_files(self) -> None:
        paths = [source.path for source in self._files if source.path]
        for _ in looks(lambda: paths, self._stopped, every=LOOK):
            for source, tail in self._files.items():
                try:
                    self._pass_on(source, tail)
                except OSError as error:
                    tail.condition = Condition("failed", f"{source.name}: {error.strerror}")

    def _pass_on(self, source: LogSource, tail: FileTail) -> None:
        for position, lines in tail.batches():
            self._put(Batch(source, position.offset, lines, position.identity))
            if self._stopped.is_set():
                return
