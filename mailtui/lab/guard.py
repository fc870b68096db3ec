"""Stops a lab when its owner is gone, however it went: the owner holds the other end of this process's standard input.

``python -m mailtui.lab.guard FOLDER PID``: PID is the sink's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from mailtui.lab.wait import wait_until

_GRACE = 10.0


def stop_lab(folder: Path, sink: int) -> None:
    """End Postfix, Dovecot and the sink of this folder, and remove it."""
    postfix = folder / "etc/postfix"
    dovecot = folder / "etc/dovecot/dovecot.conf"
    for argv in (["postfix", "-c", str(postfix), "stop"], ["doveadm", "-c", str(dovecot), "stop"]):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_GRACE, check=False)
    with contextlib.suppress(ProcessLookupError):
        os.kill(sink, signal.SIGTERM)
    if not wait_until(lambda: not _left(folder), _GRACE):
        for process in _left(folder):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def _left(folder: Path) -> list[psutil.Process]:
    """Processes that still work in the folder: Postfix's stay in its queue, Dovecot's hold its sockets' folder."""
    return [process for process in psutil.process_iter() if _works_in(process, str(folder))]


def _works_in(process: psutil.Process, folder: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return process.cwd().startswith(folder) or any(folder in word for word in process.cmdline()[1:3])
    return False


def main() -> None:
    """Wait for the owner's end, then stop what it started."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    stop_lab(Path(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
