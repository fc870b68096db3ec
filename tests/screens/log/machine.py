"""A console that stands on the log view, over files that exist."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

import mailtui
from mailtui.app import MailtuiApp
from mailtui.screens.log import LogScreen
from mailtui.screens.log.view import LogView
from mailtui.screens.messages import Open
from mailtui.screens.targets import OpenLog
from mailtui.services.logs import LogSource, file_source
from tests.screens.fakes import BOUNCE_LINES, IDENTITY, FakeServices, FakeSources

ROUNDS = 500
"""Rounds of the event loop a condition may take."""
STAMP = "Mar  4 14:{minute:02}:{second:02} mx1 "
CLIENT = "postfix/smtpd[811]: 4dXz{n:04}: client=host{n}.example.net[198.51.100.7]"
SENT = (
    "postfix/smtp[822]: 4dXz{n:04}: to=<u{n}@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, "
    "delays=0/0/0/1, dsn=2.0.0, status=sent (250 OK)"
)
DEFERRED = (
    "postfix/smtp[822]: 4dXz{n:04}: to=<u{n}@slow.example>, relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, "
    "status=deferred (connect to slow.example[192.0.2.9]:25: Connection timed out)"
)


def text_line(n: int, second: int = 0) -> str:
    """Line ``n``: every tenth is a deferral, the others come and are sent in turn."""
    pattern = DEFERRED if n % 10 == 9 else SENT if n % 2 else CLIENT
    stamp = STAMP.format(minute=n // 60 % 60, second=n % 60)
    return stamp + pattern.format(n=n // 2 if n % 10 != 9 else n)


def write_log(path: Path, lines: int = 0, *, start: int = 0, story: bool = False) -> LogSource:
    """A log with so many invented lines, or the story of one bounce."""
    texts = [line.text for line in BOUNCE_LINES] if story else [text_line(n) for n in range(start, start + lines)]
    path.write_text("".join(f"{text}\n" for text in texts))
    return file_source(path)


def append(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{text}\n" for text in texts))


class LogOnly(MailtuiApp):
    """Remembers what was asked to be opened."""

    CSS_PATH = Path(mailtui.__file__).parent / "styles/app.tcss"

    def __init__(self, sources: Sequence[LogSource], target: OpenLog | None = None) -> None:
        super().__init__(FakeServices(sources=FakeSources(tuple(sources))), IDENTITY)
        self.target = target
        self.opened: list[object] = []

    def on_ready(self) -> None:
        if self.target is None:
            self.action_view("log")
        else:
            self.post_message(Open(self.target))

    def on_open(self, message: Open) -> None:
        self.opened.append(message.target)


@asynccontextmanager
async def log_of(
    *sources: LogSource, target: OpenLog | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    app = LogOnly(sources, target)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and screen_of(pilot).is_settled)
        yield pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(ROUNDS):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"did not come true:\n{text_of(pilot)}")


def screen_of(pilot: Pilot[None]) -> LogScreen:
    screen = next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, LogScreen))
    return screen


def view_of(pilot: Pilot[None]) -> LogView:
    return screen_of(pilot).view


def current(pilot: Pilot[None]) -> str:
    """The line under the cursor, as logged."""
    found = screen_of(pilot).current()
    return found[0].data.decode("utf-8", "replace") if found else ""


def text_of(pilot: Pilot[None]) -> str:
    """What stands on the screen."""
    screen = pilot.app.screen
    width, height = screen.size
    return "\n".join(
        "".join(segment.text for segment in line).rstrip() for line in screen._compositor.render_strips()[:height]
    )


def state(pilot: Pilot[None]) -> str:
    return text_of(pilot).splitlines()[1]
