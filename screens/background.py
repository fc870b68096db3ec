"""Service calls off the user interface's thread.

A daemon thread a call: quitting never waits for a tool that does not answer, as it would with the event
loop's own pool of threads.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from mailtui.host.errors import Defect, MailtuiError

T = TypeVar("T")


async def in_thread(function: Callable[[], T], name: str = "service-call", *, daemon: bool = True) -> T:
    """The result of ``function``, run in a thread of its own; a cancelled caller just stops listening.

    Raises the errors of the family and of files as they are, any other as a ``Defect``.

    The program ends without waiting for it unless it is no ``daemon``.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = function()
        except (MailtuiError, OSError) as error:
            failure = error
        except Exception as error:  # a fault in one service must not end the console at 3 a.m.
            failure = Defect(error)
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, result, failure)

    threading.Thread(target=run, name=name, daemon=daemon).start()
    return await future
