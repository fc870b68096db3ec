"""Lines in time order with the headers a syslog daemon puts before them."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Literal

Header = Literal["rfc3339", "rfc3164", "postlogd"]


def _stamp_rfc3339(zone: timezone) -> Callable[[float], str]:
    offset = datetime.fromtimestamp(0, zone).isoformat()[19:]
    stamp = _stamp_by_second(zone, "%Y-%m-%dT%H:%M:%S")

    def precise(time: float) -> str:
        second = int(time)
        return f"{stamp(second)}.{int((time - second) * 1e6):06d}{offset}"

    return precise


def _stamp_by_second(zone: timezone, form: str) -> Callable[[float], str]:
    cached = {0: ""}

    def stamp(time: float) -> str:
        second = int(time)
        if second not in cached:
            if len(cached) > 1000:
                cached.clear()
            moment = datetime.fromtimestamp(second, zone)
            cached[second] = moment.strftime(form).replace("<day>", f"{moment.day:2d}")
        return cached[second]

    return stamp


class LineWriter:
    """Takes lines in any order up to some hours ahead and writes them out in time order."""

    def __init__(self, write: Callable[[str], object], header: Header, zone_hours: float) -> None:
        self.zone = timezone(timedelta(hours=zone_hours))
        self._write = write
        self._pending: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self.written = 0
        self.span: tuple[str, str] = ("", "")
        self.stamp = {
            "rfc3339": _stamp_rfc3339(self.zone),
            "rfc3164": _stamp_by_second(self.zone, "%b <day> %H:%M:%S"),
            "postlogd": _stamp_by_second(self.zone, "%b %d %H:%M:%S"),
        }[header]
        self._day_hour = _stamp_by_second(self.zone, "%Y-%m-%d %H")

    def add(self, time: float, text: str) -> None:
        """Have ``text`` (host, program and message) written at ``time``."""
        heapq.heappush(self._pending, (time, next(self._order), text))

    @property
    def lines(self) -> int:
        """Lines written and waiting."""
        return self.written + len(self._pending)

    def day_hour(self, time: float) -> tuple[str, str]:
        """Date and hour as a line of that time shows them."""
        day, _, hour = self._day_hour(time).partition(" ")
        return day, hour

    def flush(self, until: float = float("inf")) -> None:
        """Write everything up to ``until``."""
        for time, text in self._due(until):
            stamp = self.stamp(time)
            self._write(f"{stamp} {text}\n")
            self.span = (self.span[0] or stamp, stamp)
            self.written += 1

    def _due(self, until: float) -> Iterator[tuple[float, str]]:
        while self._pending and self._pending[0][0] <= until:
            time, _, text = heapq.heappop(self._pending)
            yield time, text
