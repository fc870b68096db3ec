"""A console on a real pseudo-terminal: painted at once, gone when the terminal is gone."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mailtui.lab.wait import wait_until
from mailtui.screens import terminal

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


class Console:
    """``fake_console`` on the far side of a pseudo-terminal."""

    def __init__(self, *, ignore_hangup: bool = False, controlling: bool = True) -> None:
        self._near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

        def prepare() -> None:
            os.setsid()
            if controlling:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if ignore_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.screens.fake_console"],
            cwd=ROOT, stdin=far, stdout=far, stderr=far, preexec_fn=prepare,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(far)

    def read_until(self, wanted: bytes) -> bytes:
        """What it painted, up to ``wanted``."""
        deadline, seen = time.monotonic() + PATIENCE, b""
        while wanted not in seen:
            assert time.monotonic() < deadline, seen[-500:]
            seen += os.read(self._near, 65536)
        return seen

    def choke(self) -> None:
        """Type, and read nothing, until it does not go on: its loop wakes each second otherwise."""
        os.write(self._near, b"123" * 50)
        looks: deque[str] = deque(maxlen=15)

        def stands_still() -> bool:
            looks.append(Path(f"/proc/{self.process.pid}/schedstat").read_text())
            return looks.count(looks[0]) == looks.maxlen

        assert wait_until(stands_still, PATIENCE, step=0.1), "it never waits for its terminal"

    def drain(self) -> None:
        """Read the farewell."""
        with suppress(OSError):
            while os.read(self._near, 65536):
                pass

    def hang_up(self) -> None:
        os.close(self._near)
        self._near = -1

    def close(self) -> None:
        if self._near >= 0:
            os.close(self._near)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def consoles() -> Iterator[list[Console]]:
    made: list[Console] = []
    yield made
    for console in made:
        console.close()


@pytest.mark.parametrize(
    "options",
    [{}, {"ignore_hangup": True}, {"controlling": False}],
    ids=["hangup", "hangup-ignored", "no-signal-at-all"],
)
def test_a_lost_terminal_ends_the_process(options: dict[str, bool], consoles: list[Console]) -> None:
    console = Console(**options)
    consoles.append(console)
    console.read_until(b"Incidents")
    console.hang_up()
    console.process.wait(PATIENCE)


def test_terminate_ends_a_process_that_waits_to_paint(consoles: list[Console]) -> None:
    console = Console()
    consoles.append(console)
    console.read_until(b"Incidents")
    console.choke()
    console.process.terminate()
    console.process.wait(PATIENCE)


def test_terminate_restores_the_terminal(consoles: list[Console]) -> None:
    console = Console()
    consoles.append(console)
    console.read_until(b"Incidents")
    console.process.terminate()
    assert b"\x1b[?1049l" in console.read_until(b"\x1b[?1049l")
    console.drain()
    console.process.wait(PATIENCE)


def test_no_escape_of_a_stranger_reaches_the_terminal(consoles: list[Console]) -> None:
    console = Console()
    consoles.append(console)
    painted = console.read_until(b"greylists")
    assert b"pwned" in painted
    assert b"\x1b]0;pwned" not in painted
    assert "\u202e".encode() not in painted


@pytest.mark.parametrize(
    ("environ", "colors", "theme"),
    [
        ({}, 1 << 24, "mailtui-dark"),
        ({"COLORFGBG": "0;15"}, 256, "mailtui-light"),
        ({"COLORFGBG": "15;0"}, 16, "ansi-dark"),
        ({"COLORFGBG": "0;default;7"}, 16, "ansi-light"),
        ({"COLORFGBG": "nonsense"}, None, "mailtui-dark"),
    ],
)
def test_the_theme_fits_the_terminal(environ: dict[str, str], colors: int | None, theme: str) -> None:
    assert terminal.default_theme(environ, colors) == theme


def test_no_animation_over_ssh_unless_asked_for() -> None:
    assert terminal.is_quiet({"SSH_CONNECTION": "a b c d"})
    assert not terminal.is_quiet({"SSH_CONNECTION": "a b c d", "TEXTUAL_ANIMATIONS": "full"})
    assert not terminal.is_quiet({})
