"""Python's garbage collector, kept from looking again and again at what cannot be garbage.

Hundreds of thousands of values without cycles are made when a long queue is read; each full collection walks all of
them, a tenth of a second in which no key is answered.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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


def set_aside() -> None:
    """Leave all that exists now out of collections, until ``take_back``; counting references still frees it."""
    gc.freeze()


def take_back() -> None:
    """Collect as usual."""
    gc.unfreeze()
