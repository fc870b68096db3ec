"""A loop that looks at a service again and again. Never two looks at once, never one in the UI's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Generic, TypeVar

from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread

T = TypeVar("T")
SPARING = 9
"""How many times as long as a look took there is rest after it: at most a tenth of one processor."""


class Poller(Generic[T]):
    """Reads every so many seconds while it is ``wanted``, tells who wants to know; can be paused and hurried."""

    def __init__(
        self,
        read: Callable[[], T],
        deliver: Callable[[T], None],
        fail: Callable[[MailtuiError], None],
        *,
        seconds: float,
        name: str,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self.paused = False
        self._wanted = wanted
        self._took = 0.0
        self._read = read
        self._deliver = deliver
        self._fail = fail
        self._seconds = seconds
        self.name = name
        self._hurry = asyncio.Event()

    async def run(self) -> None:
        """Go on until cancelled."""
        hurried = True
        while True:
            if self._wanted() and (hurried or not self.paused):
                await self._look()
            hurried = await self._rest()

    def hurry(self) -> None:
        """Look again now, even while paused."""
        self._hurry.set()

    async def _rest(self) -> bool:
        """Wait for the next look; whether somebody hurried it."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), max(self._seconds, SPARING * self._took))
        hurried = self._hurry.is_set()
        self._hurry.clear()
        return hurried

    async def _look(self) -> None:
        started = monotonic()
        try:
            value = await in_thread(self._read, self.name)
        except MailtuiError as error:
            self._fail(error)
        except OSError as error:
            self._fail(MailtuiError(f"{self.name}: {error}"))
        else:
            self._deliver(value)
        finally:
            self._took = monotonic() - started
