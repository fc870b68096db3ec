"""Standing aside: whoever presses a key is answered before another line of the log is read.

Python runs one thread at a time, so that a thread which types lines keeps the screen waiting a millisecond or more at
each of the many small steps from a key to what it paints.
"""

from __future__ import annotations

import threading
import time

_PAINTED = 0.1
"""Seconds from a key to the end of what it paints, with nothing else to do."""
_QUIET = 1.0
"""Seconds without a key until there is time for what is not urgent."""
_SHARE = 0.25
"""Seconds of work between two rests for each second rested, so that a key held down does not stop the log."""


class Aside:
    """Asked to by the screen, done by the threads that read."""

    def __init__(self) -> None:
        self._asked = -_QUIET
        self._not_before = 0.0

    def ask(self) -> None:
        """A key was pressed."""
        self._asked = time.monotonic()

    def step(self, stop: threading.Event) -> None:
        """Rest while a key is being answered; between two pieces of work that is wanted soon."""
        now = time.monotonic()
        left = self._asked + _PAINTED - now
        if left > 0 and now >= self._not_before:
            stop.wait(left)
            self._not_before = now + left * (1 + _SHARE)

    def busy(self) -> float:
        """Seconds that work which nobody waits for should rest now."""
        return max(0.0, self._asked + _QUIET - time.monotonic())
