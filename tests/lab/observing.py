"""What tests of the lab look at: its logs and its processes."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from mailtui.lab.layout import Layout
from mailtui.lab.wait import wait_until


def logged(lab: Layout, *words: str) -> bool:
    """Whether one line of the lab's logs holds all words."""
    lines = [line for log in (lab.log, lab.dovecot_log) for line in log.read_text(errors="replace").splitlines()]
    return any(all(word in line for word in words) for line in lines)


def eventually_logged(lab: Layout, *words: str, seconds: float = 60.0) -> None:
    assert wait_until(lambda: logged(lab, *words), seconds), f"not logged: {words}"


def processes_in(folder: Path) -> list[psutil.Process]:
    """Processes that work in a folder or were started with it."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in word for word in process.cmdline()) or process.cwd().startswith(str(folder)):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def keeper_of(owner: int) -> psutil.Process:
    """The keeper of the lab that a process has started."""
    for child in psutil.Process(owner).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # other children come and go
            if "mailtui.lab.keeper" in child.cmdline():
                return child
    raise AssertionError(f"{owner} keeps no lab")


def gone(folder: Path, seconds: float = 60.0) -> bool:
    """Whether nothing of a lab is left, soon."""
    return wait_until(lambda: not folder.exists() and not processes_in(folder), seconds)
