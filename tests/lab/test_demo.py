"""``mailtui demo`` in a terminal: the console on a lab of its own, which ends with it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailtui.lab.wait import wait_until
from tests.lab.observing import gone, keeper_of


class Terminal:
    """The operator's end of a terminal."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._open = True
        self._seen = b""

    def shows(self, *words: bytes) -> bool:
        """Whether all words have been printed by now."""
        with contextlib.suppress(OSError):
            while more := os.read(self._descriptor, 2**16):
                self._seen += more
        return all(word in self._seen for word in words)

    def type(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def hang_up(self) -> None:
        if self._open:
            os.close(self._descriptor)
        self._open = False


@contextmanager
def demo() -> Iterator[tuple[subprocess.Popen[bytes], Terminal, Path]]:
    """A running demo, its terminal, and the folder of its lab."""
    operator, program = os.openpty()
    termios.tcsetwinsize(operator, (40, 120))
    argv = ["setsid", "--ctty", sys.executable, "-m", "mailtui", "demo"]
    environment = {**os.environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(argv, stdin=program, stdout=program, stderr=program, env=environment)
    os.close(program)
    terminal = Terminal(operator)
    try:
        assert wait_until(lambda: terminal.shows(b"Overview", b"delivered", b"Postfix"), 60)
        yield process, terminal, Path(keeper_of(process.pid).cmdline()[3])
    finally:
        process.kill()
        process.wait()
        terminal.hang_up()


def test_the_demo_ends_with_the_console() -> None:
    with demo() as (process, terminal, folder):
        terminal.type(b"q")
        assert wait_until(lambda: terminal.shows(b"Quit") or process.poll() is not None)
        terminal.type(b"\r")
        assert wait_until(lambda: terminal.shows() and process.poll() is not None, 30)
        assert process.returncode == 0
        assert gone(folder)


def test_the_demo_ends_when_its_terminal_is_gone() -> None:
    with demo() as (process, terminal, folder):
        terminal.hang_up()
        assert wait_until(lambda: process.poll() is not None, 30)
        assert gone(folder)
