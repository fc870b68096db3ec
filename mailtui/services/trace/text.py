"""A log as bytes to search in: block by block through one small buffer, as fast as grep -F.

Read with pread(2), not mapped into memory: a log that is cut short while it is read must not end the program.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.host.tools import Tools

BLOCK = 1 << 18
"""Bytes read at once: few enough to be searched in the processor's cache."""

MAX_LINE = 1 << 20
"""Bytes of a line that are looked at."""

_STEP = 1 << 12
_SAMPLE = 1 << 14
_LONG_STOP = 50
"""What looking at a place from Python costs, in bytes looked at by the search itself."""
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})


class LogText:
    """An open log; unpacked into a temporary file first where it is packed."""

    def __init__(self, path: Path, fd: int, modified: float) -> None:
        self.path = path
        self.modified = modified
        """When its last line was written."""
        self._fd = fd
        self.size = os.fstat(fd).st_size

    def close(self) -> None:
        """Let the file go."""
        os.close(self._fd)

    def lines_with(self, word: bytes, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Where the lines begin that hold ``word`` between two offsets."""
        skip = self._rarest(word)
        find = re.compile(re.escape(word[skip:])).finditer
        for buffer, filled, begin in self._blocks(len(word), start, end):
            for match in find(buffer, 0, filled):
                place = match.start() - skip
                if place >= 0 and buffer.startswith(word, place):
                    yield self._line_in(buffer, place, begin)

    def lines_named(self, pattern: re.Pattern[bytes], longest: int, names: Container[bytes]) -> Iterator[int]:
        """Where the lines begin in which a group of ``pattern`` (no longer than ``longest``) is one of ``names``."""
        for buffer, filled, begin in self._blocks(longest):
            for match in pattern.finditer(buffer, 0, filled):
                if match[match.lastindex or 0] in names:
                    yield self._line_in(buffer, match.start(), begin)

    def _blocks(self, longest: int, start: int = 0, end: int | None = None) -> Iterator[tuple[bytearray, int, int]]:
        """The buffer, how far it is filled, and its offset in the log; blocks overlap by what may be cut in two."""
        stop = self.size if end is None else min(end, self.size)
        buffer = bytearray(BLOCK)
        view = memoryview(buffer)
        place, held = max(start, 0), 0
        while place < stop:
            read = os.preadv(self._fd, [view[held : held + min(stop - place, BLOCK - held)]], place)
            if not read:
                return
            filled = held + read
            yield buffer, filled, place - held
            place += read
            held = min(longest - 1, filled)
            buffer[:held] = buffer[filled - held : filled]

    def _rarest(self, word: bytes) -> int:
        """Where in ``word`` to begin the search: it stops at each such byte, and longer at each such tail."""
        sample = os.pread(self._fd, _SAMPLE, self.size // 2)

        def stops(place: int) -> int:
            return sample.count(word[place]) + _LONG_STOP * sample.count(word[place:])

        return min(range(max(1, len(word) - 2)), key=stops)

    def _line_in(self, buffer: bytearray, place: int, begin: int) -> int:
        newline = buffer.rfind(b"\n", 0, place)
        return begin + newline + 1 if newline >= 0 else self.line_start(begin)

    def line_start(self, place: int) -> int:
        """Where the line around ``place`` begins."""
        low = place
        while low > 0 and place - low < MAX_LINE:
            step = min(_STEP, low)
            low -= step
            newline = os.pread(self._fd, step, low).rfind(b"\n")
            if newline >= 0:
                return low + newline + 1
        return low

    def line(self, offset: int) -> bytes:
        """The line that begins at ``offset``, without its newline."""
        size = _STEP
        while True:
            data = os.pread(self._fd, size, offset)
            newline = data.find(b"\n")
            if newline >= 0:
                return data[:newline]
            if len(data) < size or size >= MAX_LINE:
                return data
            size *= 16


def open_text(path: Path, tools: Tools) -> LogText:
    """The log at ``path``; raises PermissionDenied or HostError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        from mailtui.services.logs.access import trouble

        raise trouble(path, error) from error
    there = os.fstat(fd)
    if path.suffix in _PACKED:
        os.close(fd)
        fd = _unpacked(path, tools)
    elif not stat.S_ISREG(there.st_mode):
        os.close(fd)
        from mailtui.host.errors import HostError

        raise HostError(f"{path} is not a regular file", unlock="name a file that lines are appended to")
    return LogText(path, fd, there.st_mtime)


def _unpacked(path: Path, tools: Tools) -> int:
    from tempfile import TemporaryFile

    from mailtui.services.logs.history import read_lines

    with TemporaryFile(prefix="mailtui-") as file:
        for line in read_lines(path, tools):
            file.write(line + b"\n")
        file.flush()
        return os.dup(file.fileno())
