"""Keeping the process small: glibc gives each thread a heap of its own, which Python's threads cannot use at once."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3
"""mallopt(3)."""
_LARGE = 2**16
"""Bytes. What is larger is given back as soon as it is freed; glibc's own threshold grows to 32 MB with what is freed,
and what is read of a log or written by a tool would leave holes in the heap.
"""


def one_heap() -> None:
    """Let all threads share one heap, for small things, from now on; nothing where the C library knows no such thing.

    The threads of this program wait for Python's own lock, so that heaps of their own save no waiting; they would hold
    some 15 MB that nobody uses.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return to the machine what was freed and makes whole pages: malloc_trim(3), a few milliseconds."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
