"""Waiting for what another thread or process does, without guessing how long it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether a condition comes true before the deadline."""
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not condition() and time.monotonic() < deadline:
        tick.wait(0.01)
    return condition()
