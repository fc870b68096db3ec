"""A log read newest first, in blocks of whole lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.filetail import Position
from mailtui.services.logs.newlines import last_line_end

BLOCK = 2**20
_LONGEST = 2**26
"""A block grows while it holds no newline; beyond this it is handed on as it is."""


class TailBlock(NamedTuple):
    """Whole lines from the midst of a file."""

    position: Position
    """Where the first line starts."""
    data: bytes
    """The lines, the last one with its newline."""


def tail_blocks(path: Path, *, block: int = BLOCK) -> Iterator[TailBlock]:
    """The whole lines of a file, the last ones first; a half line at the end is left out.

    Raises PermissionDenied or HostError.
    """
    fd = open_log_file(path)
    try:
        there = os.fstat(fd)
        end = last_line_end(fd)
        while end > 0:
            start, data = _block(fd, end, block)
            if not data:
                return  # truncated under our hands
            yield TailBlock(Position((there.st_dev, there.st_ino), start), data)
            end = start
    finally:
        os.close(fd)


def _block(fd: int, end: int, size: int) -> tuple[int, bytes]:
    """The lines before ``end``: at least one, about ``size`` bytes."""
    while True:
        low = max(0, end - size)
        data = os.pread(fd, end - low, low)
        if low == 0 or not data:
            return low, data
        cut = data.find(b"\n", 0, len(data) - 1) + 1
        if cut or size >= _LONGEST:
            return low + cut, data[cut:]
        size *= 4
