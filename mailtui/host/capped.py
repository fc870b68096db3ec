"""A limit on what a program may make us remember."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager


class Capped:
    """Collects output up to a limit; what comes after is read, so that the program can end, and thrown away."""

    def __init__(self, limit: int) -> None:
        self._chunks: list[bytes] = []
        self._left = limit
        self.truncated = False

    def write(self, chunk: bytes) -> None:
        """Take what fits."""
        self.truncated = self.truncated or len(chunk) > self._left
        if self._left > 0:
            self._chunks.append(chunk[: self._left])
            self._left -= len(self._chunks[-1])

    @property
    def bytes(self) -> bytes:
        """What was collected."""
        return b"".join(self._chunks)


class Memory(AbstractContextManager["Memory"]):
    """A file in memory that a program writes to by itself, so that nobody is woken for it; read up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._fd = os.memfd_create("said")

    def fileno(self) -> int:
        """What the program is given."""
        return self._fd

    @property
    def bytes(self) -> bytes:
        """What it wrote, as far as the limit."""
        return os.pread(self._fd, self._limit, 0)

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
