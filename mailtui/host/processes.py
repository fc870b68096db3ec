"""What runs on this machine and how loaded it is.

psutil is imported where it is used: most commands of the command line never ask.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DEEPEST = 100


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


@dataclass(frozen=True, slots=True)
class Listening:
    """A TCP port that somebody listens on."""

    address: str
    port: int
    pid: int | None
    """None where the process is not this user's to see."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process."""

    name: str
    began: float
    """Seconds since the epoch."""


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


def started(pid: int) -> float | None:
    """When a process was started; None for one that is gone."""
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def children(pid: int) -> tuple[Running, ...]:
    """What a process has started and still runs; nothing for one that is gone."""
    import psutil

    found = []
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children():
            with contextlib.suppress(psutil.Error):
                found.append(Running(child.name(), float(child.create_time())))
    return tuple(found)


def listening() -> tuple[Listening, ...]:
    """Every TCP port that somebody listens on; of processes that are not this user's to see, without their IDs."""
    import psutil

    @cache
    def began(pid: int | None) -> float:
        """When it was started; later than all others for one that is gone or not to be seen."""
        return (started(pid) if pid else None) or float("inf")

    found: dict[tuple[str, int], Listening] = {}
    for one in psutil.net_connections(kind="tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr:
            named = Listening(str(one.laddr.ip), int(one.laddr.port), one.pid)
            # Children have their parent's sockets open too: the oldest of them is who opened it. Process IDs begin
            # anew after the largest, so that they do not tell who is older.
            known = found.get((named.address, named.port))
            if known is None or began(named.pid) < began(known.pid):
                found[named.address, named.port] = named
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Process:
    """One that runs."""

    pid: int
    parent: int
    name: str


def every() -> dict[int, Process]:
    """All that this user may see, by ID, read in one pass."""
    import psutil

    found = psutil.process_iter(["ppid", "name"])
    return {one.pid: Process(one.pid, one.info["ppid"] or 0, one.info["name"] or "") for one in found}


def lineage(pid: int, among: Mapping[int, Process]) -> tuple[Process, ...]:
    """A process and its ancestors; empty for one that is gone."""
    found: list[Process] = []
    while pid in among and len(found) < _DEEPEST:
        found.append(among[pid])
        pid = among[pid].parent
    return tuple(found)


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
