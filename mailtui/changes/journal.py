"""The journal: one file of JSON lines to which records are only ever added, each on disk before what it announces.

Whoever makes a change holds the file's lock (flock) until its last record; the kernel lets go of it when the process
and every child that could still be working are gone. So a change that was begun, has no end and whose lock is free
was interrupted, whatever became of its process ID.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.encoding import Record, decoded, encoded
from mailtui.changes.plan import Json
from mailtui.changes.private import as_host_error, fsync_folder, how_to_mend, make_private
from mailtui.host.errors import HostError, PermissionDenied

NAME = "changes.jsonl"
PATIENCE = 5.0
"""Seconds to wait for another mailtui that makes a change."""
_PAUSE = 0.05
_TIMES, _SPARE = 3, 2**16
"""How many times its first record a change may need, and bytes beyond that."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The journal's lines, as they are read."""

    lines: Iterable[bytes]
    busy: bool
    """As in ``Records``."""
    version: tuple[int, ...] = ()
    """Another one after anything has been added, or somebody has begun or ceased to make a change."""

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.lines)


@dataclass(frozen=True, slots=True)
class Records:
    """What the journal holds; going through it reads one record after the other."""

    lines: Sequence[bytes]
    busy: bool
    """Whether a change is being made right now, here or by another mailtui."""

    def __iter__(self) -> Iterator[Record]:
        return (record for record in map(decoded, self.lines) if record is not None)

    @property
    def torn(self) -> int:
        """Lines that are no record: written while the machine or mailtui was stopped."""
        torn = [decoded(line) is None for line in self.lines]
        return sum(torn) - (self.busy and torn[-1:] == [True])


class Journal:
    """The file ``changes.jsonl`` in the state folder."""

    def __init__(self, state: Path) -> None:
        self.folder = state
        self.path = state / NAME

    def read(self, newest: int | None = None) -> Records:
        """Everything, or what the ``newest`` so many bytes hold; a journal that is not there is empty.

        Raises PermissionDenied or HostError.
        """
        with self.lines(newest) as lines:
            return Records(tuple(lines), lines.busy)

    @contextmanager
    def lines(self, newest: int | None = None) -> Iterator[Lines]:
        """Its lines one after the other, without reading what they mean. Raises as ``read``."""
        try:
            fd = self._open(os.O_RDONLY)
        except FileNotFoundError:
            yield Lines((), False)
            return
        with os.fdopen(fd, "rb") as file:
            busy = not _locked(fd, fcntl.LOCK_SH)
            facts = os.fstat(fd)
            if newest is not None and facts.st_size > newest:
                file.seek(facts.st_size - newest - 1)
                file.readline()
            yield Lines(file, busy, (facts.st_ino, facts.st_size, facts.st_mtime_ns, busy))

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[Writer]:
        """The journal, ours alone until the end of the block.

        Raises PermissionDenied or HostError, also when another mailtui makes a change for longer than ``patience``.
        """
        make_private(self.folder)
        try:
            fd = self._open(os.O_RDWR | os.O_APPEND | os.O_CREAT)
        except OSError as error:
            raise as_host_error(error, self.path) from error
        try:
            _wait_for_lock(fd, self.path, PATIENCE if patience is None else patience)
            _end_torn_line(fd, self.path)
            fsync_folder(self.folder)
            yield Writer(fd, self.path)
        finally:
            os.close(fd)

    def _open(self, flags: int) -> int:
        """Open it if it is ours and nobody else's. Raises FileNotFoundError or of the error family."""
        try:
            fd = os.open(self.path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise as_host_error(error, self.path) from error
        facts = os.fstat(fd)
        problem = ""
        if not stat.S_ISREG(facts.st_mode):
            problem = "is not a regular file"
        elif facts.st_uid != os.geteuid():
            problem = "belongs to another user"
        elif facts.st_mode & 0o077:
            problem = "can be read or written by others"
        if problem:
            os.close(fd)
            raise PermissionDenied(
                f"the journal {self.path} {problem}", unlock=f"look at it, then: {how_to_mend(self.path)}"
            )
        return fd


class Writer:
    """Adds records while the journal is ours."""

    def __init__(self, fd: int, path: Path) -> None:
        self._fd = fd
        self._path = path

    @property
    def size(self) -> int:
        """Bytes in the journal."""
        return os.fstat(self._fd).st_size

    def begin(self, record: Mapping[str, Json]) -> None:
        """Add the first record of a change if there is room for all of them. Raises HostError or UsageError.

        It lasts as soon as the record of the first step does, before which nothing is done.
        """
        facts = os.fstatvfs(self._fd)
        free = (facts.f_bavail if os.geteuid() else facts.f_bfree) * facts.f_frsize
        line = encoded(record)
        if free < _TIMES * len(line) + _SPARE:
            raise as_host_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), self._path)
        self._add(line, lasting=False)

    def write(self, record: Mapping[str, Json], *, lasting: bool = True) -> None:
        """Add one record; when this raises (HostError, UsageError) it is not there.

        When it returns, a ``lasting`` record and all before it are on disk, whatever happens to the machine.
        """
        self._add(encoded(record), lasting=lasting)

    def _add(self, line: bytes, *, lasting: bool) -> None:
        size = self.size
        try:
            if os.write(self._fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if lasting:
                os.fsync(self._fd)
        except OSError as error:
            os.ftruncate(self._fd, size)
            raise as_host_error(error, self._path) from error


def _locked(fd: int, how: int) -> bool:
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_lock(fd: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _locked(fd, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            raise HostError(
                "another mailtui is making a change", unlock=f"wait for it; it holds {path}, see: fuser -v {path}"
            )
        time.sleep(_PAUSE)


def _end_torn_line(fd: int, path: Path) -> None:
    """What is written next must not be read as the rest of a line that never ended."""
    size = os.fstat(fd).st_size
    if size and os.pread(fd, 1, size - 1) != b"\n":
        try:
            os.write(fd, b"\n")
        except OSError as error:
            raise as_host_error(error, path) from error
