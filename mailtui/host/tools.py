"""Running the machine's programs: an argument list, a timeout and an output cap, never a shell.

One is asked (``host.asking``), listened to while it runs (``host.stream``), or given work (``host.feed``).
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mailtui.host.asking import ask
from mailtui.host.capped import Capped
from mailtui.host.errors import PermissionDenied, ToolFailed, ToolMissing
from mailtui.host.feed import Feed, feeding
from mailtui.host.stream import Stream, streaming
from mailtui.host.users import perhaps_sudo

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for; an operator's own ``PATH`` often lacks the sbin folders."""

TIMEOUT = 10.0
MAX_OUTPUT = 16 * 2**20
_OF_THE_READER = b"doveconf: Warning: "
"""Dovecot's programs have doveconf read the configuration; what it warns of fails nothing, and hides what does."""


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

    def stream(self, argv: Sequence[str], *, follow: bool = False) -> AbstractContextManager[Stream]:
        """The lines a program writes while it runs; leaving the context ends its process group.

        With ``follow`` it is one that does not end by itself. Raises ToolFailed from the iteration where the program
        ends by itself with anything but 0.
        """

    def feed(
        self, argv: Sequence[str], *, timeout: float = TIMEOUT, keeps: Sequence[int] = ()
    ) -> AbstractContextManager[Feed]:
        """A program that is given its work while it runs; leaving the context waits until it has done it.

        ``timeout`` is how long it may take nothing and, once it has everything, how long it may need. It has the file
        descriptors ``keeps`` open until it ends. Raises ToolMissing, PermissionDenied or ToolTimeout.
        """


class LocalTools:
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
        code = ask(self._path(argv[0]), argv, self._environment, stdin, timeout, out, err)
        seconds = time.monotonic() - started
        truncated = out.truncated or err.truncated
        result = ToolResult(tuple(argv), code, out.bytes, _own_words(argv[0], err.bytes), seconds, truncated)
        if check and result.code != 0:
            raise ToolFailed(argv, result.code, result.error_text)
        return result

    def stream(self, argv: Sequence[str], *, follow: bool = False) -> AbstractContextManager[Stream]:
        """The lines a program writes while it runs, see ``Tools.stream``."""
        return streaming(self._path(argv[0]), argv, self._environment, follow=follow)

    def feed(
        self, argv: Sequence[str], *, timeout: float = TIMEOUT, keeps: Sequence[int] = ()
    ) -> AbstractContextManager[Feed]:
        """A program that is given its work while it runs, see ``Tools.feed``."""
        return feeding(self._path(argv[0]), argv, self._environment, timeout, keeps)

    def _path(self, name: str) -> str:
        path = self.find(name)
        if path is not None:
            return path
        there = [folder for folder in self._search_path.split(":") if (Path(folder) / name).is_file()]
        if there:
            program = Path(there[0]) / name
            advice = perhaps_sudo(f"it is not executable: ls -l {program}; its package puts it back")
            raise PermissionDenied(f"{program} may not be run by this user", unlock=advice)
        raise ToolMissing(name)


def _own_words(program: str, said: bytes) -> bytes:
    """What a program complained of itself."""
    if program == "doveconf" or _OF_THE_READER not in said:
        return said
    return b"".join(line for line in said.splitlines(keepends=True) if not line.startswith(_OF_THE_READER))
