"""Running the machine's programs: an argument list, a timeout and an output cap, never a shell.

Built on the package ``sh`` in the one form that neither costs time nor leaves children behind: no pseudo terminal, in the
background, in a session of its own, with a timer of ours that ends the whole process group.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import sh

from mailtui.host.errors import PermissionDenied, ToolFailed, ToolMissing, ToolTimeout

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for; an operator's own ``PATH`` often lacks the sbin folders."""

TIMEOUT = 10.0
MAX_OUTPUT = 16 * 2**20
_GRACE = 2.0
"""Seconds between asking a process group to end and killing it."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a program answered."""

    argv: tuple[str, ...]
    code: int
    """Exit status; negative is the signal that ended it."""
    stdout: bytes
    stderr: bytes
    seconds: float
    truncated: bool = False
    """Whether output beyond ``max_output`` was thrown away."""

    @property
    def text(self) -> str:
        """Standard output, decoded; foreign bytes become surrogates, which ``clean`` shows."""
        return self.stdout.decode("utf-8", "surrogateescape")

    @property
    def error_text(self) -> str:
        """Standard error, decoded."""
        return self.stderr.decode("utf-8", "surrogateescape")


class Tools(Protocol):
    """The door to the machine's programs; tests put a recorded one in its place."""

    def find(self, name: str) -> str | None:
        """Full path of a program, or None."""

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = TIMEOUT,
        max_output: int = MAX_OUTPUT,
        check: bool = True,
    ) -> ToolResult:
        """Run a program to its end.

        Raises ToolMissing, PermissionDenied or ToolTimeout; with ``check`` also ToolFailed when it exits with
        anything but 0.
        """

    def stream(self, argv: Sequence[str]) -> AbstractContextManager[Iterator[bytes]]:
        """The lines a program writes while it runs; leaving the context ends its process group."""


class ShTools:
    """Tools of this machine."""

    def __init__(self, search_path: str = SEARCH_PATH) -> None:
        self._search_path = search_path
        # A locale of its own so that messages can be compared, and nothing else of ours: no secrets, no LD_PRELOAD.
        self._environment = {"PATH": search_path, "LC_ALL": "C", "HOME": os.environ.get("HOME", "/")}

    def find(self, name: str) -> str | None:
        """Full path of a program, or None."""
        return shutil.which(name, path=self._search_path)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = TIMEOUT,
        max_output: int = MAX_OUTPUT,
        check: bool = True,
    ) -> ToolResult:
        """Run a program to its end, see ``Tools.run``."""
        out, err = _Capped(max_output), _Capped(max_output)
        started = time.monotonic()
        process = self._start(argv, out.take, err.take, stdin=stdin)
        late = threading.Event()

        def end() -> None:
            late.set()
            _end_group(process.pid)

        timer = threading.Timer(timeout, end)
        timer.start()
        try:
            process.wait()
        except BaseException:
            _end_group(process.pid)
            raise
        finally:
            timer.cancel()
        seconds = time.monotonic() - started
        if late.is_set():
            raise ToolTimeout(argv, timeout)
        result = ToolResult(
            tuple(argv), process.exit_code, out.bytes, err.bytes, seconds, out.truncated or err.truncated
        )
        if check and result.code != 0:
            raise ToolFailed(argv, result.code, result.error_text)
        return result

    @contextmanager
    def stream(self, argv: Sequence[str]) -> Iterator[Iterator[bytes]]:
        """The lines a program writes while it runs, see ``Tools.stream``."""
        lines: queue.Queue[bytes | None] = queue.Queue(maxsize=10_000)  # a slow reader makes the program wait
        stopped = threading.Event()

        def put(line: bytes | None) -> bool:
            while not stopped.is_set():
                with contextlib.suppress(queue.Full):
                    lines.put(line, timeout=0.2)
                    return False
            return True  # tells sh to call no more

        process = self._start(
            argv,
            lambda line: put(_as_bytes(line)),
            lambda _: False,
            line_buffered=True,
            done=lambda *_: put(None),
        )
        try:
            yield iter(lines.get, None)
        finally:
            stopped.set()
            threading.Thread(target=_end_group, args=(process.pid,), daemon=True).start()
            process.wait()  # reaps it, so that the group can be seen to have ended

    def _start(
        self,
        argv: Sequence[str],
        out: Callable[[bytes | str], bool],
        err: Callable[[bytes | str], bool],
        *,
        stdin: bytes = b"",
        line_buffered: bool = False,
        done: Callable[..., object] | None = None,
    ) -> Any:
        path = self.find(argv[0])
        if path is None:
            raise ToolMissing(argv[0])
        with warnings.catch_warnings():
            # sh forks; from Python 3.12 on that warns wherever a thread runs, though sh's child only calls exec.
            warnings.simplefilter("ignore", DeprecationWarning)
            command: Any = sh.Command(path)
            try:
                return command(
                    *argv[1:],
                    _in=stdin,
                    _out=out,
                    _err=err,
                    _env=self._environment,
                    _done=done,
                    _bg=True,
                    _bg_exc=False,
                    _new_session=True,
                    _tty_in=False,
                    _tty_out=False,
                    _out_bufsize=1 if line_buffered else 2**20,
                    _err_bufsize=2**16,
                    _decode_errors="surrogateescape",
                    _ok_code=_ANY_CODE,
                    _no_out=True,
                    _no_err=True,
                )
            except PermissionError as error:
                raise PermissionDenied(f"{path} may not be run by this user") from error


_ANY_CODE = range(-255, 256)


class _Capped:
    """Collects output up to a limit; what comes after is read, so that the program can end, and thrown away."""

    def __init__(self, limit: int) -> None:
        self._chunks: list[bytes] = []
        self._left = limit
        self.truncated = False

    def take(self, chunk: bytes | str) -> bool:
        data = _as_bytes(chunk)
        if len(data) > self._left:
            self.truncated = True
        if self._left > 0:
            self._chunks.append(data[: self._left])
            self._left -= len(data)
        return False

    @property
    def bytes(self) -> bytes:
        return b"".join(self._chunks)


def _as_bytes(chunk: bytes | str) -> bytes:
    """``sh`` decodes what it can; this gives the program's own bytes back."""
    return chunk.encode("utf-8", "surrogateescape") if isinstance(chunk, str) else chunk


def _end_group(pid: int) -> None:
    """Ask a process group (pid = its leader) to end, then kill what is left of it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while time.monotonic() < deadline:
            os.killpg(pid, 0)
            time.sleep(0.01)
        os.killpg(pid, signal.SIGKILL)
