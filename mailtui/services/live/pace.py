"""Working in the background without being felt: after each slice of work, as much rest."""

from __future__ import annotations

import threading
import time

from mailtui.services.live.aside import Aside


class Pace:
    """Call ``step`` between small pieces of work; it rests when a slice is used up and tells when to stop."""

    def __init__(self, stop: threading.Event, aside: Aside, slice_seconds: float = 0.004, rest: float = 1.0) -> None:
        self._stop = stop
        self._aside = aside
        self._slice = slice_seconds
        self._rest = rest
        self._until = time.monotonic() + slice_seconds

    def step(self) -> bool:
        """False when the work is to stop."""
        now = time.monotonic()
        if now >= self._until:
            if self._stop.wait(max(self._slice * self._rest, self._aside.busy())):
                return False
            self._until = time.monotonic() + self._slice
        return not self._stop.is_set()
