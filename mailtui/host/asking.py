"""Asking a program: it is started, handed its input and read to its end, all in the thread that asks."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from mailtui.host.capped import Capped
from mailtui.host.errors import ToolTimeout
from mailtui.host.starting import end, start

_CHUNK = 2**16
_TICK = 0.2
"""Seconds of silence after which to see whether the program is gone, and only a daemon of its keeps our pipe open."""


def ask(
    path: str,
    argv: Sequence[str],
    environment: Mapping[str, str],
    stdin: bytes,
    timeout: float,
    out: Capped,
    err: Capped,
) -> int:
    """The exit status of the program at ``path``, negative for a signal; what it said is then in ``out`` and ``err``.

    Raises HostError where it cannot be started, ToolTimeout after ``timeout`` seconds, with its process group ended.
    """
    deadline = time.monotonic() + timeout
    given = subprocess.PIPE if stdin else subprocess.DEVNULL
    with start(path, argv[1:], environment, stdin=given, out=subprocess.PIPE, err=subprocess.PIPE) as process:
        try:
            _Talk(process, stdin, out, err).until(deadline)
            return process.wait(max(0.0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            end(process)
            raise ToolTimeout(argv, timeout) from None
        except BaseException:
            end(process)
            raise


class _Talk:
    """Its three pipes, served as they are ready."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, out: Capped, err: Capped) -> None:
        self._process = process
        self._given = memoryview(stdin)
        self._poll = select.poll()
        self._sinks = {pipe.fileno(): sink for pipe, sink in ((process.stdout, out), (process.stderr, err)) if pipe}
        for pipe in self._sinks:
            self._poll.register(pipe, select.POLLIN)
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)
            self._poll.register(process.stdin.fileno(), select.POLLOUT)

    def until(self, deadline: float) -> None:
        """Until it has said everything. Raises TimeoutError at the ``deadline`` of the monotonic clock."""
        gone = False
        while self._sinks:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = self._poll.poll(0 if gone else min(left, _TICK) * 1000)
            if not ready:
                if gone:
                    return
                # Its last words may have come between the silence and its end: listen once more after that.
                gone = self._process.poll() is not None
            for pipe, _ in ready:
                if pipe in self._sinks:
                    self._hear(pipe)
                else:
                    self._give(pipe)

    def _hear(self, pipe: int) -> None:
        if chunk := os.read(pipe, _CHUNK):
            self._sinks[pipe].write(chunk)
        else:
            self._poll.unregister(pipe)
            del self._sinks[pipe]

    def _give(self, pipe: int) -> None:
        with suppress(BlockingIOError):
            try:
                self._given = self._given[os.write(pipe, self._given[:_CHUNK]) :]
            except BrokenPipeError:
                self._given = self._given[:0]
        if not self._given and self._process.stdin:
            self._poll.unregister(pipe)
            self._process.stdin.close()
