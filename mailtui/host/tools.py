"""Running the machine's programs: an argument list, a timeout and an output cap, never a shell.

Built on the package ``sh`` in the one form that neither costs time nor leaves children behind: no pseudo terminal, in
the background, in a session of its own, with a timer of ours that ends the whole process group.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mailtui.host.capped import Capped
from mailtui.host.errors import HostError, PermissionDenied, ToolFailed, ToolMissing, ToolTimeout
from mailtui.host.groups import end_group
from mailtui.host.stream import PipeStream, Stream

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for; an operator's own ``PATH`` often lacks the sbin folders."""

TIMEOUT = 10.0
MAX_OUTPUT = 16 * 2**20
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

    def stream(self, argv: Sequence[str]) -> AbstractContextManager[Stream]:
        """The lines a program writes while it runs; leaving the context ends its process group.

        Raises ToolFailed from the iteration where the program ends by itself with anything but 0.
        """


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
        out, err = Capped(max_output), Capped(max_output)
        started = time.monotonic()
        process = self._start(argv, out, err, stdin)
        if _outlasts(process, timeout):
            raise ToolTimeout(argv, timeout)
        seconds = time.monotonic() - started
        truncated = out.truncated or err.truncated
        result = ToolResult(tuple(argv), process.exit_code, out.bytes, err.bytes, seconds, truncated)
        if check and result.code != 0:
            raise ToolFailed(argv, result.code, result.error_text)
        return result

    @contextmanager
    def stream(self, argv: Sequence[str]) -> Iterator[Stream]:
        """The lines a program writes while it runs, see ``Tools.stream``."""
        errors = Capped(2**16)
        pipe, theirs = os.pipe()
        try:
            process = self._start(argv, theirs, errors, b"")
        except BaseException:
            os.close(pipe)
            raise
        finally:
            os.close(theirs)

        def ended() -> None:
            process.wait()
            if process.exit_code != 0:
                raise ToolFailed(argv, process.exit_code, errors.bytes.decode("utf-8", "surrogateescape"))

        stream = PipeStream(pipe, ended)
        try:
            yield stream
        finally:
            stream.close()
            _end(process)

    def _start(self, argv: Sequence[str], out: Capped | int, err: Capped, stdin: bytes) -> Any:
        import sh  # costs more than all else a command that runs no tool does

        path = self._path(argv[0])
        buffered = {} if isinstance(out, int) else {"_out_bufsize": 2**20}
        # sh forks; from Python 3.12 on that warns wherever a thread runs, though sh's child only calls exec. Filters
        # of warnings are the whole process's, hence one start at a time.
        with _FORKING, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            command: Any = sh.Command(path)
            try:
                return command(*argv[1:], _in=stdin, _out=out, _err=err, _env=self._environment, **_FORM, **buffered)
            except (sh.ForkException, OSError) as error:
                last = str(error).strip().splitlines()[-1:]
                raise HostError(f"{path} could not be started: {' '.join(last)}") from error

    def _path(self, name: str) -> str:
        path = self.find(name)
        if path is not None:
            return path
        there = [folder for folder in self._search_path.split(":") if (Path(folder) / name).is_file()]
        if there:
            raise PermissionDenied(f"{Path(there[0]) / name} may not be run by this user")
        raise ToolMissing(name)


def _outlasts(process: Any, timeout: float) -> bool:
    """Wait for a process; whether it had to be ended, together with its group, after ``timeout`` seconds."""
    late = threading.Event()

    def end() -> None:
        late.set()
        end_group(process.pid)

    timer = threading.Timer(timeout, end)
    timer.start()
    try:
        process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        timer.cancel()
    return late.is_set()


def _end(process: Any) -> None:
    """End a process group and reap its leader; children that will not end are killed meanwhile."""
    threading.Thread(target=end_group, args=(process.pid,)).start()
    process.wait()
