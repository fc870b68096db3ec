"""Whether a postsuper(1) is still at work whose mailtui was killed: it goes on with the messages it was given.

The folder ``hold``, which only Postfix and root may open, is locked (flock(2)) by us and by postsuper, which inherits
the lock. The kernel lets go of it when both have ended.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import opened
from mailtui.services.postfix.queue.spool import HOLD

PATIENCE = 60.0
"""Seconds to wait for one that has lost its mailtui."""
_PAUSE = 0.02


@contextmanager
def at_work(queue_directory: Path) -> Iterator[int]:
    """The lock, as a file descriptor that a program may inherit. Raises HostError."""
    with opened(queue_directory / HOLD, os.O_RDONLY | os.O_DIRECTORY) as folder:
        fcntl.flock(folder, fcntl.LOCK_SH)
        os.set_inheritable(folder, True)
        yield folder


def wait_for_others(queue_directory: Path) -> None:
    """Return when nobody is at work on this queue any more. Raises HostError after ``PATIENCE``."""
    deadline = time.monotonic() + PATIENCE
    with opened(queue_directory / HOLD, os.O_RDONLY | os.O_DIRECTORY) as folder:
        while not _alone(folder):
            if time.monotonic() > deadline:
                raise HostError("a postsuper that was begun is still at work", unlock="see: pgrep -a postsuper")
            time.sleep(_PAUSE)


def _alone(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
