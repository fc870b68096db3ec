"""Stamps as text: the counters run on slices of them, and only what is shown becomes a date.

Two forms have a constant width on every line of a file and are read by slicing: RFC 3339
(``2026-03-01T01:02:03.123456+00:00``) and RFC 3164 (``Mar  1 01:02:03``, also with ``01``). Every other form is
turned into RFC 3339 by the parser's header rules first.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? ", re.ASCII)
_RFC_3164 = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\d \d\d:\d\d:\d\d ", re.ASCII)
_HOUR_RFC_3339 = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])\Z", re.ASCII)
_HOUR_RFC_3164 = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:[ 0][1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3])\Z", re.ASCII
)
_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)  # noqa: SIM905
}
_SECOND_RFC_3339 = len("2026-03-01T01:02:03")
_SECOND_RFC_3164 = len("Mar  1 01:02:03")
_SECONDS = {f"{second:02}": second for second in range(61)}
"""Looked up in a third of the time it takes to call ``int``."""
TO_HOUR = slice(-len(":02:03"))
"""What ``hour_of`` cuts out."""
_MINUTE, _LAST_TWO = slice(-2), slice(-2, None)
_DAY = 86400


class Form:
    """Where things stand in the lines at hand; changes when the header form of a file does."""

    __slots__ = ("hour", "second", "width")

    def __init__(self) -> None:
        self.width = 0
        """Where the host begins."""
        self.second = slice(0)
        """The stamp with its seconds. Slices, because one made once is cut with in three quarters of the time."""
        self.hour = slice(0)
        """The stamp with its hour."""

    def fit(self, line: str) -> bool:
        """Take the form of ``line``; ``False`` when it has none of the two."""
        if found := _RFC_3339.match(line):
            second = _SECOND_RFC_3339
        elif found := _RFC_3164.match(line):
            second = _SECOND_RFC_3164
        else:
            return False
        self.width = found.end()
        self.second = slice(second)
        self.hour = slice(second - len(":02:03"))
        return True


def hour_of(stamp: str) -> str:
    """``2026-03-01T01:02:03`` → ``2026-03-01T01``; ``Mar  1 01:02:03`` → ``Mar  1 01``."""
    return stamp[TO_HOUR]


def clock_seconds(clock: str) -> int:
    """``01:02:03`` as seconds of the day."""
    return int(clock[0:2]) * 3600 + int(clock[3:5]) * 60 + int(clock[6:8])


def seconds_between(earlier: str, later: str) -> int:
    """Seconds from one stamp to another less than a day later."""
    try:
        if earlier[_MINUTE] == later[_MINUTE]:
            return _SECONDS[later[_LAST_TWO]] - _SECONDS[earlier[_LAST_TWO]]
        return (clock_seconds(later[-8:]) - clock_seconds(earlier[-8:])) % _DAY
    except (KeyError, ValueError):  # a damaged stamp before a process known
        return 0


def day_and_hour(hour: str, newest: date) -> tuple[str, int] | None:
    """``Mar  1 01`` → ``("2026-03-01", 1)``; ``None`` when a stamp is damaged.

    ``newest`` is a day no line is later than: it tells the year.
    """
    if _HOUR_RFC_3339.match(hour):
        return hour[:10], int(hour[11:13])
    if not _HOUR_RFC_3164.match(hour):
        return None
    month, day = _MONTHS[hour[:3]], int(hour[4:6])
    return f"{_year(month, day, newest)}-{month:02}-{day:02}", int(hour[7:9])


def moment(stamp: str, newest: date) -> datetime | None:
    """A stamp up to its seconds as the time a clock showed; ``None`` for a damaged one and for 31 February."""
    found = day_and_hour(stamp[:-6], newest)
    try:
        return datetime.strptime(f"{found[0]} {stamp[-8:]}", "%Y-%m-%d %H:%M:%S") if found else None
    except ValueError:
        return None


def _year(month: int, day: int, newest: date) -> int:
    """The last year in which the day is not after ``newest`` (with a day of grace for clocks that differ)."""
    latest = newest + timedelta(days=1)
    year = latest.year if (month, day) <= (latest.month, latest.day) else latest.year - 1
    while (month, day) == (2, 29) and not calendar.isleap(year):
        year -= 1
    return year
