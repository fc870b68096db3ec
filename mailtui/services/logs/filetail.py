"""The lines appended to one log file, across renames, truncations and the file's absence."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError, PermissionDenied
from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.newlines import last_line_end

CHUNK = 2**18
"""Bytes read at a time: what a batch may hold."""
MAX_LINE = 2**22
"""A line still without end at this length is handed on as it is."""
_WITNESS = 64

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a log file has been read."""

    identity: Identity
    """Device and inode: a path may name another file after a rotation."""
    offset: int


@dataclass(frozen=True, slots=True)
class Condition:
    """How a followed source does."""

    state: str
    """``following missing denied failed``."""
    problem: str = ""
    unlock: str = ""


FOLLOWING = Condition("following")


class OpenLog:
    """One open file; holds a half line until its newline comes."""

    def __init__(self, fd: int) -> None:
        there = os.fstat(fd)
        self._identity: Identity = (there.st_dev, there.st_ino)
        self._fd = fd
        self.restart(0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)

    @property
    def position(self) -> Position:
        """Up to where whole lines have been handed out."""
        return Position(self._identity, self._offset - len(self._rest))

    def restart(self, offset: int) -> None:
        """Read from an offset on."""
        self._rest = b""
        self._offset = offset
        length = min(offset, _WITNESS)
        self._witness = os.pread(self._fd, length, offset - length)

    def skip_to_end(self) -> None:
        """Read only what comes after the last whole line there is now."""
        self.restart(last_line_end(self._fd))

    def batches(self) -> Iterator[tuple[Position, list[bytes]]]:
        """What was appended since: whole lines, with where the first of them starts."""
        while True:
            # The witness is read together with what follows it, so that nothing can happen in between.
            length = len(self._witness)
            data = os.pread(self._fd, length + CHUNK, self._offset - length)
            if not data.startswith(self._witness):  # the file was emptied, and maybe refilled past our offset
                yield from self.remainder()
                self.restart(0)
                continue
            chunk = data[length:]
            if not chunk:
                return
            start = self.position
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            self._offset += len(chunk)
            self._witness = chunk[-_WITNESS:]
            if len(self._rest) > MAX_LINE:
                lines, self._rest = [*lines, self._rest], b""
            if lines:
                yield start, lines

    def remainder(self) -> Iterator[tuple[Position, list[bytes]]]:
        """The half line at the end of a file nobody writes to any more."""
        if self._rest:
            yield self.position, [self._rest]
            self._rest = b""


class FileTail:
    """The lines appended to whatever file has this name."""

    def __init__(self, path: Path, start: Position | None = None) -> None:
        """Reads from ``start`` on, or what comes after now; all of a file that appears later."""
        self.path = path
        self.condition = FOLLOWING
        self._left: OpenLog | None = None
        """The file that had this name before; its writer may not have noticed yet."""
        self._log = self._open(path)
        if self._log and start is None:
            self._log.skip_to_end()
        elif self._log and start:
            self._resume(self._log, start)

    def close(self) -> None:
        """Close what is open."""
        for log in (self._left, self._log):
            if log:
                log.close()
        self._left = self._log = None

    @property
    def position(self) -> Position | None:
        """Up to where lines have been handed out."""
        return self._log.position if self._log else None

    def batches(self) -> Iterator[tuple[Position, list[bytes]]]:
        """What was appended since the last call: whole lines, with where the first of them starts."""
        if self._left:
            yield from self._left.batches()
        if self._log is None:
            self._log = self._open(self.path)
        elif self._renamed(self._log):
            yield from self._log.batches()
            yield from self._finish_left()
            self._left, self._log = self._log, self._open(self.path)
        if self._log is None:
            return
        for batch in self._log.batches():
            # The writer has changed over: nothing more will come to the old file.
            yield from self._finish_left()
            yield batch

    def _finish_left(self) -> Iterator[tuple[Position, list[bytes]]]:
        if self._left:
            yield from self._left.batches()
            yield from self._left.remainder()
            self._left.close()
            self._left = None

    def _renamed(self, log: OpenLog) -> bool:
        """Whether the name stands for another file now; while it stands for none, the old one is kept."""
        try:
            there = self.path.stat()
        except OSError:
            return False
        return log.position.identity != (there.st_dev, there.st_ino)

    def _open(self, path: Path) -> OpenLog | None:
        try:
            log = OpenLog(open_log_file(path))
        except PermissionDenied as error:
            self.condition = Condition("denied", error.message, error.unlock)
        except HostError as error:
            self.condition = Condition("failed" if path.exists() else "missing", error.message, error.unlock)
        else:
            self.condition = FOLLOWING
            return log
        return None

    def _resume(self, log: OpenLog, start: Position) -> None:
        """Go on where somebody stopped reading, in the rotated file first if it was rotated since."""
        if log.position.identity == start.identity:
            log.restart(start.offset)
            return
        for sibling in self.path.parent.glob(f"{glob.escape(self.path.name)}?*"):
            there = sibling.stat()
            if (there.st_dev, there.st_ino) == start.identity:
                self._left = self._open(sibling)
                if self._left:
                    self._left.restart(start.offset)
