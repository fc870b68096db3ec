"""Waiting for what another thread or process does, without guessing how long it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float = 90.0) -> bool:
    """Whether a condition comes true before the deadline.

    Which is beyond the minute for which master(8) leaves a service alone whose process ended as soon as it began
    (``service_throttle_time``), as one may that a reload meets.
    """
    deadline = time.monotonic() + seconds
    tick = threading.Event()
    while not condition() and time.monotonic() < deadline:
        tick.wait(0.01)
    return condition()
