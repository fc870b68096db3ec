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

from mailtui.host.memory import give_back

_NEVER = 2**30
_SOON = 4.0
"""Seconds between two collections of what is new: some ten milliseconds each."""
_ANSWERED = 0.1
"""Seconds after which a key has been answered."""
_QUIET = 5.0
"""Seconds without a key after which nobody seems to wait."""
_BETWEEN = 30.0
"""Seconds between two full collections."""
_AT_THE_LATEST = 60.0
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
    """Full collections when ``look`` finds a quiet moment, and often small ones of what is new.

    What outlives a small collection is frozen, so that the next one need not walk it.
    """

    def __init__(self) -> None:
        self._full = self._small = self._key = time.monotonic()
        self._at_work = False

    def begin(self) -> None:
        """From now on nothing is collected in full but by ``look``."""
        small, middle, _ = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(small, middle, _NEVER)
        self._at_work = True

    def key(self) -> None:
        """A key was pressed."""
        self._key = time.monotonic()

    def look(self) -> bool:
        """Collect what it is time to; whether that was all. To be called each second."""
        now = time.monotonic()
        if not self._at_work or now - self._key < _ANSWERED:
            return False
        waited = now - self._full
        full = waited >= _BETWEEN and (now - self._key >= _QUIET or waited >= _AT_THE_LATEST)
        if full:
            gc.unfreeze()
            self._full = now
        if full or now - self._small >= _SOON:
            gc.collect()
            gc.freeze()
            give_back()
            self._small = now
        return full
