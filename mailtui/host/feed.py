"""A program that is handed its work bit by bit, lines on its standard input, while it is already doing it.

What it answers goes into memory that it alone writes to: nobody is woken for each line of it.
"""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from mailtui.host.capped import Memory
from mailtui.host.errors import ToolTimeout
from mailtui.host.starting import end, outlasts, start

MAX_ANSWER = 256 * 2**20
"""Bytes of its answer that are read; some hundred for each line it was given."""


class Feed(Protocol):
    """A running program that takes work."""

    code: int
    """Its exit status once it has ended, negative for the signal that ended it."""
    output: bytes
    """All it then had said, on standard output and error."""

    def give(self, lines: Sequence[bytes]) -> bool:
        """Hand it these lines, each without its newline; False when it has ended and took not all of them.

        Raises ToolTimeout where it takes nothing for too long.
        """


class PipeFeed:
    """A feed through a pipe; a slow program makes us wait."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int, argv: Sequence[str], timeout: float) -> None:
        self.code = 0
        self.output = b""
        self._process = process
        self._pipe = pipe
        self._argv = argv
        self._timeout = timeout
        self._poll = select.poll()
        self._poll.register(pipe, select.POLLOUT)

    def give(self, lines: Sequence[bytes]) -> bool:
        """See ``Feed.give``."""
        try:
            for piece in _pieces(lines):
                if not self._poll.poll(self._timeout * 1000):
                    end(self._process)
                    raise ToolTimeout(self._argv, self._timeout)
                os.write(self._pipe, piece)
        except BrokenPipeError:
            return False
        return True


@contextmanager
def feeding(
    path: str, argv: Sequence[str], environment: Mapping[str, str], timeout: float, keeps: Sequence[int]
) -> Iterator[PipeFeed]:
    """See ``Tools.feed``; ``path`` is where the program lies."""
    theirs, pipe = os.pipe()
    with Memory(MAX_ANSWER) as answer:
        try:
            try:
                said = answer.fileno()
                process = start(path, argv[1:], environment, stdin=theirs, out=said, err=said, keeps=keeps)
            finally:
                os.close(theirs)
            feed = PipeFeed(process, pipe, argv, timeout)
            try:
                yield feed
            finally:
                os.close(pipe)
                pipe = -1
                late = outlasts(process, timeout)
            if late:
                raise ToolTimeout(argv, timeout)
            feed.code, feed.output = process.returncode, answer.bytes
        finally:
            if pipe >= 0:
                os.close(pipe)


def _pieces(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Whole lines, as many as a pipe takes as a whole or not at all (pipe(7)).

    So no line is cut in two where whoever gives them is killed: half a queue ID may be another message's.
    """
    begin = size = 0
    for at, line in enumerate(lines):
        if size and size + len(line) + 1 > select.PIPE_BUF:
            yield b"\n".join(lines[begin:at]) + b"\n"
            begin, size = at, 0
        size += len(line) + 1
    if begin < len(lines):
        yield b"\n".join(lines[begin:]) + b"\n"
