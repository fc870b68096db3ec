import asyncio
import threading

import pytest

from mailtui.host.errors import MailtuiError, ToolMissing
from mailtui.screens.background import in_thread
from mailtui.screens.polling import Poller


async def test_results_and_errors_come_back() -> None:
    assert await in_thread(lambda: threading.current_thread() is not threading.main_thread())

    def fail() -> int:
        raise ToolMissing("postqueue")

    with pytest.raises(ToolMissing):
        await in_thread(fail)


async def test_nobody_waits_for_a_call_that_was_given_up() -> None:
    release = threading.Event()
    task = asyncio.ensure_future(in_thread(release.wait))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


class Source:
    """Counts looks; some of them fail."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> int:
        self.looks += 1
        if self.looks == 2:
            raise ToolMissing("postqueue")
        if self.looks == 3:
            raise ZeroDivisionError("a fault")
        return self.looks


async def test_a_poller_survives_failures_and_can_be_hurried() -> None:
    seen: asyncio.Queue[int | MailtuiError] = asyncio.Queue()
    poller = Poller(Source(), seen.put_nowait, seen.put_nowait, seconds=3600, name="queue")
    task = asyncio.ensure_future(poller.run())
    got = [await seen.get()]
    for _ in range(3):
        poller.hurry()
        got.append(await seen.get())
    task.cancel()
    assert got[0] == 1 and got[3] == 4
    assert [str(item).partition(" (")[0] for item in got[1:3]] == [
        "postqueue is not installed",
        "a fault in mailtui: ZeroDivisionError: a fault",
    ]


async def test_a_paused_poller_only_looks_when_hurried() -> None:
    seen: asyncio.Queue[int | MailtuiError] = asyncio.Queue()
    source = Source()
    poller = Poller(source, seen.put_nowait, seen.put_nowait, seconds=0.001, name="queue")
    poller.paused = True
    task = asyncio.ensure_future(poller.run())
    await seen.get()
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert source.looks == 1
    poller.hurry()
    await seen.get()
    task.cancel()
    assert source.looks == 2
