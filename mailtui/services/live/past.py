"""Where in a log's files the recent past begins, and where it ends now."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from mailtui.maillog.parser import Parser
from mailtui.services.logs import BlockIndex, LogFile, Position, history, offset_at
from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.newlines import last_line_end

LEAST = 2**20
"""Bytes that are read however old they are."""
_PACKED = 10
"""How many bytes of log a byte of a packed file is taken to hold."""


class MovedError(Exception):
    """The files are not what they were when the window was opened."""


class OlderFile(NamedTuple):
    """A rotated file that a window holds."""

    path: Path
    identity: tuple[int, int]


def end_of(path: Path) -> Position:
    """After the last whole line there is now; raises PermissionDenied or HostError."""
    fd = open_log_file(path)
    try:
        there = os.fstat(fd)
        return Position((there.st_dev, there.st_ino), last_line_end(fd))
    finally:
        os.close(fd)


def file_of(path: Path, identity: tuple[int, int]) -> Path:
    """What the file is called now: as ever, or as rotated."""
    for candidate in (path, *(file.path for file in reversed(history(path)))):
        try:
            there = candidate.stat()
        except OSError:
            continue
        if (there.st_dev, there.st_ino) == identity:
            return candidate
    raise MovedError


def window_start(path: Path, since: float, budget: int) -> tuple[int, bool]:
    """Where to begin in the file, and whether that is as far back as is wanted."""
    index = BlockIndex(path)
    try:
        wanted = offset_at(index, since, lambda line: Parser().parse(line).time)
        wanted = min(wanted, index.line_start(max(0, index.size - LEAST)))
        possible = index.line_start(max(0, index.size - budget))
        return max(wanted, possible), possible <= wanted
    finally:
        index.close()


def size_since(path: Path, since: float) -> int:
    """Bytes of log in the file and in the rotated ones that were written since then, packed ones unpacked."""
    try:
        newest = path.stat().st_size
    except OSError:
        newest = 0
    return newest + sum(map(_held, _since(path, since)))


def _since(path: Path, since: float) -> list[LogFile]:
    """The rotated files that were written since then, newest first."""
    return [file for file in reversed(history(path)) if file.modified >= since]


def _held(file: LogFile) -> int:
    return file.size * (_PACKED if file.packing else 1)


def older_files(name: Path, newest: Path, since: float, budget: int) -> tuple[list[OlderFile], bool]:
    """The files rotated before ``newest``, oldest first, within the budget; and whether these are all wanted."""
    wanted: list[OlderFile] = []
    files = _since(name, since)
    names = [file.path for file in files]
    for file in files[names.index(newest) + 1 if newest in names else 0 :]:
        budget -= _held(file)
        if budget < 0:
            return wanted[::-1], False
        there = file.path.stat()
        wanted.append(OlderFile(file.path, (there.st_dev, there.st_ino)))
    return wanted[::-1], True
