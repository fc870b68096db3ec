"""What runs on this machine and how loaded it is.

psutil is imported where it is used: most commands of the command line never ask.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Disk:
    """How full the file system of a path is."""

    free: int
    """Bytes an ordinary user may still write."""
    total: int
    free_inodes: int
    total_inodes: int


@dataclass(frozen=True, slots=True)
class Memory:
    """What programs may still take, without swapping."""

    free: int
    """Bytes."""
    total: int


def memory() -> Memory:
    """The machine's memory, what caches hold counted as free."""
    import psutil

    now = psutil.virtual_memory()
    return Memory(now.available, now.total)


def running(names: Sequence[str]) -> int | None:
    """The process ID of a program by its name, the first one found; any user may ask."""
    import psutil

    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] in names and process.info["status"] != psutil.STATUS_ZOMBIE:
            return int(process.pid)
    return None


def others_hidden() -> bool:
    """Whether this user sees only their own processes (``hidepid`` of proc(5))."""
    try:
        Path("/proc/1/stat").read_bytes()
    except OSError:
        return True
    return False


def is_program(pid: int, names: Sequence[str]) -> bool:
    """Whether a process runs and is one of these programs: a pid file may be left from another life."""
    import psutil

    try:
        process = psutil.Process(pid)
        return process.name() in names and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def disk(path: Path) -> Disk:
    """Free and total space; raises OSError."""
    there = os.statvfs(path)
    # As df(1): blocks an ordinary user may use, so that what is kept for root does not count as free.
    free, used = there.f_bavail * there.f_frsize, (there.f_blocks - there.f_bfree) * there.f_frsize
    return Disk(free, free + used, there.f_favail, there.f_files)


def load() -> tuple[float, float, float]:
    """Processes waiting to run, on average over 1, 5 and 15 minutes."""
    return os.getloadavg()


def cpus() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))
