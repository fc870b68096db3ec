"""f2 gives the mouse to the terminal and takes it back, in the words a terminal understands."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

import pytest

_PROGRAM = """
from mailtui.app import MailtuiApp
from tests.screens.fakes import IDENTITY, FakeServices
MailtuiApp(FakeServices(), IDENTITY).run()
"""
_PATIENCE = 30.0


def _until(terminal: int, wanted: bytes) -> None:
    seen, end = b"", time.monotonic() + _PATIENCE
    while wanted not in seen:
        assert time.monotonic() < end, f"never saw {wanted!r}"
        if select.select([terminal], [], [], 1.0)[0]:
            seen = seen[-4000:] + os.read(terminal, 65536)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's driver")
def test_the_terminal_is_told() -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        os.execv(sys.executable, [sys.executable, "-c", _PROGRAM])
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        _until(terminal, b"\x1b[?1000h")
        _until(terminal, b"Overview")
        os.write(terminal, b"\x1bOQ")
        _until(terminal, b"\x1b[?1000l")
        os.write(terminal, b"\x1bOQ")
        _until(terminal, b"\x1b[?1000h")
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)
