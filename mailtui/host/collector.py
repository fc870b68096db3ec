"""Python's garbage collector, at work only while nobody waits.

A full collection walks every object there is: a fifth of a second in a console that knows a busy log or a long queue,
in which no key is answered. Counting references frees nearly everything at once; the rest can wait for a
quiet moment.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

_NEVER = 2**30
_QUIET = 5.0
"""Seconds without a key after which nobody seems to wait."""
_BETWEEN = 60.0
"""Seconds between two full collections."""
_AT_THE_LATEST = 600.0
"""Seconds after which one is made though keys are pressed."""


@contextmanager
def collector_resting() -> Iterator[None]:
    """No collection in any thread until the block ends."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class QuietCollector:
    """Full collections when ``look`` finds a quiet moment; the small ones, of what is new, go on by themselves."""

    def __init__(self) -> None:
        self._last = self._key = time.monotonic()

    def begin(self) -> None:
        """From now on nothing is collected in full but by ``look``."""
        small, middle, _ = gc.get_threshold()
        gc.freeze()  # modules and classes stay for good
        gc.set_threshold(small, middle, _NEVER)

    def key(self) -> None:
        """A key was pressed."""
        self._key = time.monotonic()

    def look(self) -> bool:
        """Collect, where it is time to; whether it was."""
        now = time.monotonic()
        waited = now - self._last
        if waited < _BETWEEN or (now - self._key < _QUIET and waited < _AT_THE_LATEST):
            return False
        gc.collect()
        self._last = time.monotonic()
        return True
