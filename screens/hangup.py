"""The console ends with its terminal, and when it is told to.

Textual reads end-of-file on a terminal that hung up as "no input" and spins. It also waits for ever, and the event loop
with it, to paint on a terminal that is gone or takes nothing any more. So the loop is not relied on: a signal is heard
by Python itself, a lost terminal is looked for by a thread, and the process ends in a moment, whatever still waits.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType

_LOOK = 2.0
"""Seconds between two looks at the terminal."""
_GRACE = 3.0
"""Seconds to end decently."""
_HANGUP = 128 + signal.SIGHUP


class Hangup:
    """Calls ``leave`` with an exit code on SIGHUP and SIGTERM, also where a wrapper made them ignored, and when the
    terminal is gone; a moment later the process ends.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._told: SimpleQueue[int | None] = SimpleQueue()  # unlike an Event it may be told from a signal's handler
        self._loop = asyncio.get_running_loop()
        self._handlers = {number: signal.signal(number, self._heed) for number in (signal.SIGHUP, signal.SIGTERM)}
        threading.Thread(target=self._watch, name="hangup", daemon=True).start()

    def over(self) -> None:
        """The console ends by itself; what has begun before goes on, since that may not end either."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._told.put(None)

    def _heed(self, number: int, _frame: FrameType | None) -> None:
        self._told.put(128 + number)

    def _watch(self) -> None:
        code = self._next()
        if code is None:
            return
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._leave, code)
        time.sleep(_GRACE)
        os._exit(code)

    def _next(self) -> int | None:
        """Waits for an exit code; None when the console has ended."""
        if not sys.__stdin__ or not sys.__stdin__.isatty():
            return self._told.get()
        while _is_alive(sys.__stdin__.fileno()):
            with suppress(Empty):
                return self._told.get(timeout=_LOOK)
        return _HANGUP


def _is_alive(terminal: int) -> bool:
    with suppress(termios.error, OSError):
        termios.tcgetattr(terminal)
        return True
    return False
