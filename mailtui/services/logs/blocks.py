"""Random access to the lines of a log of any size, without holding it: see ``newlines`` for how lines are numbered."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.newlines import Newlines

PAGE = 64
"""Lines that are read and remembered together."""
MAX_PAGES = 64
MAX_SHOWN = 2**13
"""Bytes of a line that are handed out; ``LogLine.length`` tells of the rest."""
FIRST_LINES = 256
"""Lines known as soon as the index is made: enough for the tallest screen."""
_FIRST_SECONDS = 0.05


class LogLine(NamedTuple):
    """One line of a log file."""

    number: int
    """Relative to where the file ended when the index was made."""
    offset: int
    data: bytes
    """Without its newline, at most ``MAX_SHOWN`` bytes."""
    length: int
    """Bytes of the whole line."""


class Change(Enum):
    """What became of the file since it was last looked at."""

    SAME = "same"
    GROWN = "grown"
    REPLACED = "replaced"
    """Rotated or truncated: numbering has started anew."""


class BlockIndex:
    """The lines of one file; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises PermissionDenied or HostError where the file cannot be opened."""
        self.path = path
        self._lock = threading.RLock()
        self._growing: tuple[tuple[int, int, int], list[LogLine]] = ((0, 0, -1), [])
        """The latest page that may still grow: where it begins and ends, the file's size, its lines."""
        self._fd = -1
        self._open()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    @property
    def first(self) -> int:
        """The lowest line number known so far; the file's first line when ``counted``."""
        return self._lines.first

    @property
    def end(self) -> int:
        """One more than the highest line number; the last line may still lack its newline."""
        return self._lines.end

    @property
    def size(self) -> int:
        """Bytes of the file when last looked at."""
        return self._lines.size

    @property
    def counted(self) -> bool:
        """Whether all lines down to the start of the file have been counted."""
        return self._lines.counted

    @property
    def counted_share(self) -> float:
        """How much of the file is counted, from 0 to 1."""
        return 1.0 if self.counted else 1.0 - self._lines.low / self._lines.base

    def absolute(self, number: int) -> int | None:
        """The number of a line from the start of the file, 1 being the first; None until all are counted."""
        return number + self._lines.before + 1 if self.counted else None

    def count(self, seconds: float = 0.02) -> bool:
        """Count older lines for about so long; whether all are counted now."""
        deadline = time.monotonic() + seconds
        while not self.counted and time.monotonic() < deadline:
            with self._lock:
                self._lines.count_block()
        return self.counted

    def refresh(self) -> Change:
        """Look at the file again; raises PermissionDenied where it was replaced by one we may not read."""
        with self._lock:
            try:
                there = self.path.stat()
            except OSError:
                return Change.SAME  # between a rename and the creation of the new file
            if (there.st_dev, there.st_ino) != self._identity or self._lines.truncated():
                self._open()
                return Change.REPLACED
            return Change.GROWN if self._lines.extend() else Change.SAME

    def read_lines(self, start: int, count: int) -> list[LogLine]:
        """Up to ``count`` lines from line ``start`` on; those that are not known are left out."""
        with self._lock:
            start, stop = max(start, self.first), min(start + count, self.end)
            lines: list[LogLine] = []
            for page in range(start // PAGE, -(-stop // PAGE)):
                lines += [line for line in self._page(page) if start <= line.number < stop]
            return lines

    def read_span(self, start: int, stop: int) -> bytes:
        """All bytes of the lines from ``start`` up to ``stop``, both known: many lines at once, remembering none."""
        with self._lock:
            low = self._lines.offset_of(start)
            high = self._lines.size if stop >= self.end else self._lines.offset_of(stop)
            return self._lines.read(low, high - low)

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a byte; counts as far back as that needs."""
        with self._lock:
            offset = min(max(offset, 0), max(self.size - 1, 0))
            while offset < self._lines.low:
                self._lines.count_block()
            return self._lines.line_at(offset)

    def offset_of(self, number: int) -> int:
        """Where a line between ``first`` and ``end`` starts."""
        with self._lock:
            return self._lines.offset_of(number)

    def line_start(self, offset: int) -> int:
        """Where the first line starts that does so at an offset or after it; counts nothing."""
        with self._lock:
            return self._lines.line_start(offset)

    def line_from(self, start: int) -> LogLine | None:
        """The line that starts at this offset, its number not told; counts nothing."""
        with self._lock:
            return next(iter(self._scan(0, start, 1)), None)

    def _page(self, page: int) -> list[LogLine]:
        lines = self._pages.get(page)
        if lines is not None:
            self._pages.move_to_end(page)
            return lines
        start, stop = max(page * PAGE, self.first), min((page + 1) * PAGE, self.end)
        growing = (start, stop, self.size)
        if self._growing[0] == growing:
            return self._growing[1]
        lines = self._scan(start, self._lines.offset_of(start), stop - start)
        if len(lines) == PAGE and stop <= self._lines.after:
            self._pages[page] = lines
            if len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)
        elif len(lines) == stop - start:  # else it was truncated under our hands
            self._growing = (growing, lines)
        return lines

    def _scan(self, number: int, start: int, count: int) -> list[LogLine]:
        """Read lines one after the other, keeping no more of a long one than is shown."""
        lines: list[LogLine] = []
        position = start
        head = b""
        # An empty chunk: the file was truncated under our hands, which the next refresh will tell.
        while len(lines) < count and (chunk := self._lines.read(position, min(2**16, self.size - position))):
            *ended, rest = chunk.split(b"\n")
            for part in ended:
                shown = head + part[: MAX_SHOWN - len(head)]
                stop = position + len(part)
                lines.append(LogLine(number + len(lines), start, shown, stop - start))
                position = start = stop + 1
                head = b""
            head += rest[: MAX_SHOWN - len(head)]
            position += len(rest)
        if position > start:
            lines.append(LogLine(number + len(lines), start, head, position - start))
        return lines[:count]

    def _open(self) -> None:
        fd = open_log_file(self.path)
        self.close()
        self._fd = fd
        there = os.fstat(fd)
        self._identity = (there.st_dev, there.st_ino)
        self._pages: OrderedDict[int, list[LogLine]] = OrderedDict()
        self._growing = ((0, 0, -1), [])
        self._lines = Newlines(fd)
        deadline = time.monotonic() + _FIRST_SECONDS
        while not self.counted and self._lines.before <= FIRST_LINES and time.monotonic() < deadline:
            self._lines.count_block()
