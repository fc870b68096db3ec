"""The console on a terminal of its own, as a benchmark sees it: keys in, what is painted out, memory, processor."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 30.0
"""Seconds after which a key counts as not answered."""
_ROWS, _COLUMNS = 50, 160
_TAIL = 2**12
"""Bytes kept of what was painted, in which a text may be cut by two reads."""


class Console:
    """A console in a process and on a terminal of its own."""

    def __init__(self, options: Sequence[str]) -> None:
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
            os.execv(sys.executable, [sys.executable, "-m", "mailtui", *options])
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))

    def answer(self, key: str, shows: bytes) -> float:
        """Seconds from a key to the text it brings; raises TimeoutError."""
        self.read(0.0)
        begin = time.perf_counter()
        os.write(self._terminal, key.encode())
        seen = b""
        while shows not in seen:
            if time.perf_counter() - begin > PATIENCE:
                raise TimeoutError(f"the console did not answer {key!r} with {shows!r}")
            seen = seen[-_TAIL:] + self.read(PATIENCE)
        return time.perf_counter() - begin

    def read(self, seconds: float) -> bytes:
        """What the terminal got; waits for something for so long. Raises OSError when the console has ended."""
        if not select.select([self._terminal], [], [], seconds)[0]:
            return b""
        return os.read(self._terminal, 2**20)

    def drain(self, seconds: float) -> bytes:
        """Let it paint; what it painted."""
        end = time.monotonic() + seconds
        painted = b""
        while (left := end - time.monotonic()) > 0:
            painted += self.read(left)
        return painted

    @property
    def megabytes(self) -> float:
        """What it holds in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def processor(self) -> float:
        """Seconds of processor it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """As when the terminal is gone."""
        os.kill(self.pid, signal.SIGHUP)
        with contextlib.suppress(OSError):  # nobody has the other side any more
            self.drain(1.0)
        os.close(self._terminal)
        os.waitpid(self.pid, 0)
