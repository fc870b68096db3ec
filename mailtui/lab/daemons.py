"""Starting a lab's Postfix and Dovecot, and stopping exactly those processes."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import psutil

from mailtui.host.errors import HostError
from mailtui.host.tools import LocalTools
from mailtui.lab.layout import Layout
from mailtui.lab.wait import listens, wait_until

_START = 60.0
_END = 30.0
_TAIL = 2000


class StartFailed(HostError):
    """A daemon did not come up."""


def start(layout: Layout, ports: Iterable[int]) -> None:
    """Start both and return when all ``ports`` answer."""
    # Dovecot first: Postfix looks for its sockets.
    _run(layout, ["dovecot", "-c", str(layout.dovecot_config)])
    _run(layout, ["postfix", "-c", str(layout.postfix_config), "check"])
    # Checked: what it had to say stands in the start log, not among the mail.
    layout.log.unlink(missing_ok=True)
    (layout.queue / "quick-start").touch()
    _run(layout, ["postfix", "-c", str(layout.postfix_config), "start"])
    wanted = list(ports)
    if not wait_until(lambda: listens(*wanted), _START):
        raise StartFailed(f"nothing listens on {[port for port in wanted if not listens(port)]}: {_said(layout)}")


def stop(layout: Layout) -> None:
    """End both at once: nothing of theirs outlives the lab's folder, so there is nothing to finish."""
    family: list[psutil.Process] = []
    for master in _masters(layout):
        with contextlib.suppress(psutil.NoSuchProcess):
            master.suspend()  # it shall have no more children than are counted now
            family += [master, *master.children(recursive=True)]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: all(map(_has_ended, family)), _END)


def _has_ended(process: psutil.Process) -> bool:
    try:
        # Orphans: a zombie is for the machine's first process to clear away, which may take its time.
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _masters(layout: Layout) -> Iterator[psutil.Process]:
    """The two daemons by their pid files, each only if it really is this lab's."""
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        postfix = _process(layout.queue / "pid/master.pid")
        if postfix.cwd() == str(layout.queue):
            yield postfix
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        dovecot = _process(layout.run / "master.pid")
        if str(layout.dovecot_config) in dovecot.cmdline():
            yield dovecot


def _process(pid_file: Path) -> psutil.Process:
    return psutil.Process(int(pid_file.read_text()))


def _run(layout: Layout, argv: Sequence[str]) -> None:
    path = LocalTools().find(argv[0])
    # A file, not a pipe: a daemon would keep the pipe open and its reader waiting.
    with layout.start_log.open("ab") as said:
        done = subprocess.run(
            [path or argv[0], *argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            timeout=_START,
            check=False,
        )
    if done.returncode:
        raise StartFailed(f"{argv[0]} did not start: {_said(layout)}")


def _said(layout: Layout) -> str:
    """The last words of all logs."""
    logs = (layout.start_log, layout.dovecot_log, layout.log)
    return "\n".join(log.read_text(errors="replace")[-_TAIL:] for log in logs if log.exists())
