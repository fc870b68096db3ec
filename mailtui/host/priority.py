"""Keys before other work: while processors are busy, the console's session is served before others.

Linux shares processors out among sessions (sched(7), "The autogroup feature"): a console that needs them for twenty
milliseconds waits for its turns as often as a mail server that delivers a thousand messages, and nice(1) changes
nothing across sessions. The programs that a console starts have sessions of their own, which gain nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SESSION = Path("/proc/self/autogroup")
"""Holds such as ``/autogroup-71 nice 0``; takes a number. Of the process that opens it."""
NICE = -8


@contextmanager
def keys_first(session: Path = SESSION) -> Iterator[None]:
    """Within this block; does nothing where that needs a right we lack (CAP_SYS_NICE), or the kernel knows no such."""
    before = _nice(session)
    if before is None or before <= NICE or not _set(session, NICE):
        yield
        return
    try:
        yield
    finally:
        if _nice(session) == NICE:
            _set(session, before)


def _nice(session: Path) -> int | None:
    with suppress(OSError, ValueError):
        return int(session.read_text().rpartition(" ")[2])
    return None


def _set(session: Path, nice: int) -> bool:
    with suppress(OSError):
        session.write_text(str(nice))
        return True
    return False
