"""The recent past of one log source, oldest first, and on to where it ends now.

A *mark* says up to where a source has been read: a ``Position`` in a file, microseconds since the epoch in the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.logs import LogSource, Position, history, read_lines, tail_blocks
from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.filetail import OpenLog
from mailtui.services.logs.journal import journal_entries

Mark = Position | int

_PACKED = 10
"""How many bytes of log a byte of a packed file is taken to hold."""


class Window(Protocol):
    """Part of one source."""

    whole: bool
    """Whether a wider window would hold nothing more that is wanted."""

    @property
    def mark(self) -> Mark:
        """Up to where events have been given."""

    def events(self) -> Iterator[Event]:
        """What has not been given yet; call again for what was written meanwhile."""

    def close(self) -> None:
        """Give back what is open."""


class FileWindow:
    """The last ``budget`` bytes of a log file and of its rotated ones; nothing that ended before ``since``."""

    def __init__(self, source: LogSource, path: Path, *, since: float, budget: int, tools: Tools) -> None:
        """Raises PermissionDenied or HostError where the file cannot be opened."""
        self._parser = Parser(source.name)
        self._tools = tools
        start, left, self.whole = self._start(path, since, budget)
        self._older: list[Path] = []
        if start == 0 and not self.whole:
            self._older, self.whole = _older(path, since, left)
        self._log = OpenLog(open_log_file(path))
        self._log.restart(start)

    @property
    def mark(self) -> Mark:
        """Up to where events have been given."""
        return self._log.position

    def events(self) -> Iterator[Event]:
        """What has not been given yet, the rotated files first."""
        while self._older:
            yield from self._older_events(self._older.pop(0))
        for position, lines in self._log.batches():
            offset = position.offset
            for line in lines:
                yield self._parser.parse(line, offset)
                offset += len(line) + 1

    def close(self) -> None:
        """Close the file."""
        self._log.close()

    def _older_events(self, path: Path) -> Iterator[Event]:
        parser = Parser(str(path), now=path.stat().st_mtime)
        offset = 0
        for line in read_lines(path, self._tools):
            yield parser.parse(line, offset)
            offset += len(line) + 1

    def _start(self, path: Path, since: float, budget: int) -> tuple[int, int, bool]:
        """Where to begin in the file, what is left of the budget, and whether that is far enough back."""
        for block in tail_blocks(path):
            budget -= len(block.data)
            first = self._parser.parse(block.data.partition(b"\n")[0]).time
            if first is not None and first < since:
                return block.position.offset, budget, True
            if budget <= 0:
                return block.position.offset, 0, False
        return 0, budget, False


class JournalWindow:
    """The mail entries of the journal since a moment, at most the last ``most``."""

    def __init__(self, *, since: float, most: int, tools: Tools) -> None:
        self._parser = Parser("journal")
        self._tools = tools
        self._most: int | None = most
        self._mark = int(since * 1e6)
        self._given = 0
        self.whole = False

    @property
    def mark(self) -> Mark:
        """Up to where events have been given."""
        return self._mark

    def events(self) -> Iterator[Event]:
        """What has not been given yet."""
        for line in journal_entries(self._tools, since=self._mark / 1e6, last=self._most):
            entry = json.loads(line)
            stamp = stamp_of(entry)
            if stamp > self._mark:
                self._mark = stamp
                self._given += 1
                yield self._parser.parse_journal(entry)
        self.whole = self._most is None or self._given < self._most
        self._most = None

    def close(self) -> None:
        """Nothing is kept open."""


def stamp_of(entry: dict[str, object]) -> int:
    """A journal entry's time in microseconds; 0 where it has none."""
    stamp = str(entry.get("__REALTIME_TIMESTAMP", ""))
    return int(stamp) if stamp.isdecimal() else 0


def behind(mark: Mark, other: Mark) -> bool:
    """Whether ``mark`` has not reached ``other`` in the same source; a rotated file's never will."""
    if isinstance(mark, Position) and isinstance(other, Position):
        return mark.identity != other.identity or mark.offset < other.offset
    return isinstance(mark, int) and isinstance(other, int) and mark < other


def _older(path: Path, since: float, budget: int) -> tuple[list[Path], bool]:
    """The rotated files within the budget, oldest first, and whether these are all that are wanted."""
    wanted: list[Path] = []
    for file in reversed(history(path)):
        if file.modified < since:
            break
        budget -= file.size * (_PACKED if file.packing else 1)
        if budget < 0:
            return wanted[::-1], False
        wanted.append(file.path)
    return wanted[::-1], True
