"""Somebody at the console for an hour: goes through all views, marks rows, opens what is under the cursor."""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.console import Console

VIEWS = {
    "Overview": "1",
    "Incidents": "2",
    "Log": "3",
    "Queue": "4",
    "Changes": "5",
    "Maps": "6",
    "Mailboxes": "7",
    "Certificates": "8",
    "Ports": "9",
    "Findings": "0",
    "Probes": "\x1bOS",
    "Configuration": "\x1b[17~",
    "Deliverability": "\x1b[18~",
}
"""Titles, and the keys that lead there: digits, F4, F6, F7."""
_MARK, _UNMARK = (" ", b"marked, rows keep"), ("U", b"What fails")
_BETWEEN = 0.4
"""Seconds from an answer to the next key."""
_BAD = re.compile(
    rb"(?:Traceback \(most recent call last\)|a fault in mailtui: |NoMatches|\b[A-Z]\w+Error: )[^\x1b]{0,80}"
)
"""What Python says of a fault, and the console of its own; Dovecot's log has ``Error: `` of its own."""


@dataclass
class Minute:
    """What one minute was like."""

    megabytes: float = 0.0
    descriptors: int = 0
    threads: int = 0
    views: list[float] = field(default_factory=list)
    """Seconds to another view."""
    lists: list[float] = field(default_factory=list)
    """Seconds to the answer of a key in a list."""

    @property
    def keys(self) -> list[float]:
        """All of them."""
        return self.views + self.lists


class Visitor:
    """Presses keys and takes the time."""

    def __init__(self, console: Console, seed: int) -> None:
        self._console = console
        self._random = random.Random(seed)
        self._order = self._titles()
        self.minutes: list[Minute] = []
        self.problems: list[str] = []
        self.slowest: dict[str, float] = {}

    def stay(self, seconds: float) -> None:
        """Press keys for so long; a console that ends or falls silent is a problem, and the end."""
        end = time.monotonic() + seconds
        try:
            self._warm()
            while time.monotonic() < end:
                self._minute(min(60.0, end - time.monotonic()))
        except (TimeoutError, OSError) as error:
            self.problems.append(f"minute {len(self.minutes)}: {error}")

    def _warm(self) -> None:
        """Every view once, the one that is open last: what is imported when first opened is not what this measures."""
        for title in reversed(VIEWS):
            self._open(title)

    def _minute(self, seconds: float) -> None:
        minute, end = Minute(), time.monotonic() + seconds
        self.minutes.append(minute)
        for title in self._order:
            minute.views.append(self._open(title))
            if title == "Incidents":
                minute.lists += [self._press(*key) for key in (_MARK, _UNMARK) * 3]
            if time.monotonic() >= end:
                break
        self._look(minute)

    def _titles(self) -> Iterator[str]:
        """Views in another order each round, never the same twice in succession: the second would paint nothing."""
        last = next(iter(VIEWS))
        while True:
            titles = self._random.sample(list(VIEWS), len(VIEWS))
            if titles[0] != last:
                yield from titles
                last = titles[-1]

    def _open(self, title: str) -> float:
        seconds = self._press(VIEWS[title], b"m%s\x1b" % title.encode())
        self.slowest[title] = max(self.slowest.get(title, 0.0), seconds)
        return seconds

    def _press(self, key: str, shows: bytes) -> float:
        seconds = self._console.answer(key, shows)
        painted = self._console.drain(_BETWEEN)
        self.problems += [f"the console shows {bad!r}" for bad in _BAD.findall(painted)]
        return seconds

    def _look(self, minute: Minute) -> None:
        process = Path(f"/proc/{self._console.pid}")
        minute.megabytes = self._console.megabytes
        minute.descriptors = len(list((process / "fd").iterdir()))
        minute.threads = len(list((process / "task").iterdir()))
        print(f"{len(self.minutes):3} {told(minute)}", file=sys.stderr, flush=True)


def told(minute: Minute) -> str:
    """One line."""
    return (
        f"{minute.megabytes:6.1f} MB, {minute.descriptors} descriptors, {minute.threads} threads, "
        f"{len(minute.keys)} keys: views p95 {p95(minute.views):.0f} ms, lists p95 {p95(minute.lists):.0f} ms"
    )


def p95(seconds: list[float]) -> float:
    """In milliseconds."""
    return statistics.quantiles(seconds, n=20)[18] * 1e3 if len(seconds) > 1 else 0.0
