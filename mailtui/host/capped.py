"""A limit on what a program may make us remember."""

from __future__ import annotations


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
