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
from tests.screens.fakes import IDENTITY, FakeServices, FakeSources

ROUNDS = 2000
"""Rounds of the event loop a condition may take."""
SETTLING = ("open", "count", "rows", "seek")
STAMP = "Mar  4 {hour:02}:{minute:02}:{second:02} mx1 "
CLIENT = "postfix/smtpd[811]: 3D2F8{n:05X}: client=host{n}.example.net[198.51.100.7]"
SENT = (
    "postfix/smtp[822]: 3D2F8{n:05X}: to=<u{n}@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, "
    "delays=0/0/0/1, dsn=2.0.0, status=sent (250 OK)"
)
DEFERRED = (
    "postfix/smtp[822]: 3D2F8{n:05X}: to=<u{n}@slow.example>, relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, "
    "status=deferred (connect to slow.example[192.0.2.9]:25: Connection timed out)"
)


def text_line(n: int) -> str:
    """Line ``n``: every tenth is a deferral, the others come and are sent in turn."""
    pattern = DEFERRED if n % 10 == 9 else SENT if n % 2 else CLIENT
    stamp = STAMP.format(hour=n // 3600 % 24, minute=n // 60 % 60, second=n % 60)
    return stamp + pattern.format(n=n // 2 if n % 10 != 9 else n)


QUEUE_ID = "3D2F8FFFFF"
STORY = (
    "postfix/smtpd[811]: connect from client.example.net[198.51.100.7]",
    f"postfix/smtpd[811]: {QUEUE_ID}: client=client.example.net[198.51.100.7]",
    f"postfix/cleanup[815]: {QUEUE_ID}: message-id=<1402@client.example.net>",
    f"postfix/qmgr[702]: {QUEUE_ID}: from=<anna@client.example.net>, size=12730, nrcpt=2 (queue active)",
    "dovecot: lmtp(carl)<901><x>: msgid=<1402@client.example.net>: saved mail to INBOX",
    f"postfix/lmtp[820]: {QUEUE_ID}: to=<carl@example.org>, relay=mx1[private/dovecot-lmtp], delay=2.7, "
    "delays=0.03/0.01/2.4/0.31, dsn=2.0.0, status=sent (250 2.0.0 Saved)",
    f"postfix/smtp[822]: {QUEUE_ID}: to=<boss@shop.example>, relay=mx.shop.example[192.0.2.25]:25, delay=2.7, "
    "delays=0.03/0.01/2.4/0.31, dsn=5.1.1, status=bounced (host mx.shop.example[192.0.2.25] said: 550 5.1.1 "
    "<boss@shop.example>: Recipient address rejected: User unknown (in reply to RCPT TO command))",
    f"postfix/bounce[823]: {QUEUE_ID}: sender non-delivery notification: 3D2F8FFFFE",
    f"postfix/qmgr[702]: {QUEUE_ID}: removed",
)
"""A message that reached one of two recipients."""


def write_log(path: Path, lines: int, *, start: int = 0) -> LogSource:
    """A log with so many invented lines, one a second since midnight."""
    return write_texts(path, [text_line(n) for n in range(start, start + lines)])


def write_story(path: Path) -> LogSource:
    """The log of one bounce."""
    return write_texts(path, [f"2026-03-04T14:02:0{n}.000000+00:00 mx1 {text}" for n, text in enumerate(STORY)])


def write_texts(path: Path, texts: Sequence[str]) -> LogSource:
    path.write_text("".join(f"{text}\n" for text in texts), errors="surrogateescape")
    return file_source(path)


def append(path: Path, *texts: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{text}\n" for text in texts))


class LogOnly(MailtuiApp):
    """Remembers what was asked to be opened."""

    CSS_PATH = str(Path(mailtui.__file__).parent / "styles/app.tcss")

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
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and is_settled(pilot))
        yield pilot
        app.workers.cancel_all()  # as leaving it does


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(ROUNDS):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"did not come true:\n{text_of(pilot)}")


def screen_of(pilot: Pilot[None]) -> LogScreen:
    return next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, LogScreen))


def view_of(pilot: Pilot[None]) -> LogView:
    return screen_of(pilot).view


def current(pilot: Pilot[None]) -> str:
    """The line under the cursor, as logged."""
    found = screen_of(pilot).current()
    return found[0].data.decode("utf-8", "replace") if found else ""


def text_of(pilot: Pilot[None]) -> str:
    """What stands on the screen."""
    screen = pilot.app.screen
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in screen._compositor.render_strips())


def is_settled(pilot: Pilot[None]) -> bool:
    """Whether nothing is being opened, counted, filtered or looked for."""
    return not any(worker.group in SETTLING for worker in pilot.app.workers)


async def settled(pilot: Pilot[None], *keys: str) -> None:
    """Press, and wait until what comes of it is shown."""
    await pilot.press(*keys)
    await until(pilot, lambda: is_settled(pilot))


def state(pilot: Pilot[None]) -> str:
    return text_of(pilot).splitlines()[1]
