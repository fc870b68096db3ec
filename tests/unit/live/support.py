"""Logs written a moment ago, and a console's view of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mailtui.maillog.parser import Parser
from mailtui.services.live.book import LogBook
from mailtui.services.live.log import LiveLog
from mailtui.services.live.model import LiveSnapshot
from mailtui.services.logs import LogSource, file_source
from tests.support.tools import RecordedTools
from tests.support.waiting import until


def stamp(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="microseconds")


def line(text: str, when: float) -> bytes:
    return f"{stamp(when)} mx1 {text}".encode()


def message(number: int, *, status: str = "sent", reason: str = "250 2.0.0 Ok", when: float | None = None) -> bytes:
    """The four lines of one message to one recipient."""
    when = time.time() - 60 if when is None else when
    queue_id = f"{0xA00000000 + number:X}"
    texts = (
        f"postfix/smtpd[7]: {queue_id}: client=pc[192.0.2.1]",
        f"postfix/qmgr[8]: {queue_id}: from=<a@example.org>, size=100, nrcpt=1 (queue active)",
        f"postfix/smtp[9]: {queue_id}: to=<u{number}@far.example>, relay=mx[192.0.2.9]:25, delay=1, "
        f"delays=0/0/0/1, dsn=2.0.0, status={status} ({reason})",
        f"postfix/qmgr[8]: {queue_id}: removed",
    )
    return b"".join(line(text, when) + b"\n" for text in texts)


def messages(start: int, stop: int, *, when: float | None = None) -> bytes:
    return b"".join(message(number, when=when) for number in range(start, stop))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def book_of(lines: Iterable[bytes], *, now: float | None = None) -> LogBook:
    book, parser = LogBook(), Parser("mail.log")
    for one in lines:
        book.feed(parser.parse(one), time.time() if now is None else now)
    return book


def delivered(snapshot: LiveSnapshot) -> int:
    return sum(minute.delivered for minute in snapshot.minutes)


class Console:
    """A live log, looked at until something shows."""

    def __init__(self, *sources: LogSource) -> None:
        self.live = LiveLog(lambda: sources, RecordedTools())

    def wait_lines(self, count: int) -> LiveSnapshot:
        """The snapshot once all is read and ``count`` lines are in; fails when there are others."""

        def is_there() -> bool:
            now = self.live.snapshot()
            return now.lines >= count and not now.loading

        until(is_there)
        snapshot = self.live.snapshot()
        assert (snapshot.lines, snapshot.loading) == (count, False)
        return snapshot

    def wait_state(self, state: str) -> None:
        assert until(lambda: [s.state for s in self.live.snapshot().sources] == [state]), self.live.snapshot().sources


@contextmanager
def console(*paths: Path) -> Iterator[Console]:
    with watching(*(file_source(path) for path in paths)) as shown:
        yield shown


@contextmanager
def watching(*sources: LogSource) -> Iterator[Console]:
    shown = Console(*sources)
    shown.live.start()
    try:
        yield shown
    finally:
        shown.live.stop()
