"""What a program writes, line by line, until somebody has heard enough.

One that is followed for as long as it runs is started by the package ``sh``, in the one form that neither costs time
nor leaves children behind: no pseudo terminal, in the background, in a session of its own.
"""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

from mailtui.host.capped import Capped, Memory
from mailtui.host.errors import HostError, ToolFailed, ToolTimeout
from mailtui.host.starting import end, start

_CHUNK = 2**16
MAX_LINE = 2**20
"""A line longer than this is handed on in pieces, so that no program can fill the memory with one."""


_FORM: dict[str, Any] = {
    "_bg": True,
    "_bg_exc": False,
    "_new_session": True,
    "_tty_in": False,
    "_tty_out": False,
    "_encoding": "utf-8",
    "_err_bufsize": 2**16,
    "_ok_code": range(-255, 256),
    # Output is ours alone: sh keeps no copy of it.
    "_no_out": True,
    "_no_err": True,
    "_no_pipe": True,
}
_FORKING = threading.Lock()
_MAX_ERRORS = 2**16
"""Bytes of its complaints that are read."""


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


@contextmanager
def streaming(path: str, argv: Sequence[str], environment: Mapping[str, str], *, follow: bool) -> Iterator[PipeStream]:
    """See ``Tools.stream``; ``path`` is where the program lies."""
    pipe, theirs = os.pipe()
    with ExitStack() as kept:
        errors = Capped(_MAX_ERRORS) if follow else kept.enter_context(Memory(_MAX_ERRORS))
        try:
            process = _started(path, argv[1:], environment, theirs, errors)
        except BaseException:
            os.close(pipe)
            raise
        finally:
            os.close(theirs)

        def ended() -> None:
            process.wait()
            code = process.exit_code if follow else process.returncode
            if code != 0:
                raise ToolFailed(argv, code, errors.bytes.decode("utf-8", "surrogateescape"))

        stream = PipeStream(pipe, ended)
        try:
            yield stream
        finally:
            stream.close()
            end(process)


def _started(path: str, words: Sequence[str], environment: Mapping[str, str], out: int, errors: Capped | Memory) -> Any:
    """The running process; one that is followed may complain for days, and is heard only as far as the cap."""
    if isinstance(errors, Memory):
        return start(path, words, environment, stdin=subprocess.DEVNULL, out=out, err=errors.fileno())
    return _followed(path, words, environment, out, errors)


def _followed(path: str, words: Sequence[str], environment: Mapping[str, str], out: int, err: Capped) -> Any:
    """The running process. Raises HostError where it cannot be started."""
    import sh  # costs more than all else a command that follows no tool does

    # sh forks; from Python 3.12 on that warns wherever a thread runs, though sh's child only calls exec. Filters
    # of warnings are the whole process's, hence one start at a time.
    with _FORKING, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        command: Any = sh.Command(path)
        try:
            return command(*words, _in=b"", _out=out, _err=err, _env=environment, **_FORM)
        except (sh.ForkException, OSError) as error:
            last = str(error).strip().splitlines()[-1:]
            raise HostError(f"{path} could not be started: {' '.join(last)}") from error
