"""Ending a process together with everything it started: signals to its process group."""

from __future__ import annotations

import contextlib
import os
import signal
import time

GRACE = 2.0
"""Seconds between asking a process group to end and killing it."""


def end_group(leader: int, grace: float = GRACE) -> None:
    """Ask the process group of ``leader`` to end; kill what is left of it after ``grace`` seconds.

    Somebody else must reap the leader meanwhile: until then it counts as alive.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline:
            os.killpg(leader, 0)
            time.sleep(0.01)
        os.killpg(leader, signal.SIGKILL)
