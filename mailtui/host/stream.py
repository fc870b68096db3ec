"""What a long-running program writes, line by line, until somebody has heard enough."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from mailtui.host.errors import ToolTimeout

_CHUNK = 2**16
MAX_LINE = 2**20
"""A line longer than this is handed on in pieces, so that no program can fill the memory with one."""


class Stream(Protocol):
    """The lines of a running program."""

    def __iter__(self) -> Iterator[bytes]:
        """The lines, without their newlines; ends when the program does."""

    def batches(self) -> Iterator[list[bytes]]:
        """The lines as they come, many at a time where the program is fast."""

    def stop(self) -> None:
        """Let the iteration end; may be called from any thread."""


class PipeStream:
    """A stream out of the pipe a program writes to; a slow reader makes the program wait."""

    def __init__(self, pipe: int, ended: Callable[[], None]) -> None:
        """``ended`` is called when the program has closed its end; it raises if that was no good end."""
        self._pipe = pipe
        self._ended = ended
        self._wake = os.eventfd(0)
        self._lock = threading.Lock()
        self._open = True
        self.stopped = False

    def __iter__(self) -> Iterator[bytes]:
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[bytes]]:
        """The lines as they come."""
        rest = b""
        while chunk := self._read():
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > MAX_LINE:
                lines, rest = [*lines, rest], b""
            if lines:
                yield lines
        if rest:
            yield [rest]
        if not self.stopped:
            self._ended()

    def _read(self) -> bytes:
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        poll.poll()
        return b"" if self.stopped else os.read(self._pipe, _CHUNK)

    def stop(self) -> None:
        """Let the iteration end, even where a child of the program keeps the pipe open."""
        with self._lock:
            self.stopped = True
            if self._open:
                os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Close the pipe; nobody may be reading any more."""
        self.stop()
        with self._lock:
            self._open = False
            os.close(self._pipe)
            os.close(self._wake)


def within(stream: Stream, seconds: float, argv: Sequence[str], pause: float = 0.0) -> Iterator[list[bytes]]:
    """The batches of a program that ends by itself; raises ToolTimeout, naming ``argv``, when it takes too long.

    ``pause`` seconds between them make for fewer and larger ones.
    """
    late = threading.Event()

    def stop() -> None:
        late.set()
        stream.stop()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        for batch in stream.batches():
            yield batch
            if pause:
                time.sleep(pause)
    finally:
        timer.cancel()
    if late.is_set():
        raise ToolTimeout(argv, seconds)
