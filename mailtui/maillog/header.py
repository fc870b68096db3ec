"""When a line was logged: every form of time stamp a mail log begins with.

RFC 3164 and postlogd (day padded with blank or 0, no year), RFC 3339 and ISO-like with or without zone, RFC 5424,
``<PRI>`` in front of any, journalctl's ``short*`` forms, asctime, TAI64N of multilog.
A stamp without a year belongs to the last such date that is not in the future; reading on from December into January
adds one. A stamp without a zone is local time, read in file order where autumn repeats an hour.
"""

from __future__ import annotations

import re
import time as clock
from datetime import UTC, datetime, timedelta, timezone, tzinfo

DAY = 86400.0
_SECONDS = {f"{second:02}": float(second) for second in range(61)}
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip
_YEARS_BACK = 9
"""How far back a day such as 29 February is looked for."""

_TAI_OFFSET = 2**62 + 10
"""TAI64 labels count from here; 10 s is what multilog itself assumes between TAI and UTC."""

_PRI = r"(?:<(?P<pri>\d{1,3})>(?P<version>1 )?)?"
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
_FORMS = (
    re.compile(
        rf"(?P<before>{_PRI}{_WEEKDAY}(?P<year>(?:19[7-9]|2\d\d)\d)[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T ]{_CLOCK}"
        r"(?P<tail>(?: (?=UTC|GMT|[A-Z]{3,5} ))?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|(?<= )[A-Z]{3,5})?(?: |$))",
        re.ASCII,
    ),
    re.compile(
        rf"(?P<before>{_PRI}{_WEEKDAY}(?P<month>[A-Z][a-z]{{2}}) {{1,2}}(?P<day>\d\d?) "
        rf"(?:(?P<year>(?:19[7-9]|2\d\d)\d) )?"
        rf"{_CLOCK}(?P<tail>:?(?: (?P<zone>UTC|GMT))?(?: (?P<year_last>(?:19[7-9]|2\d\d)\d))?(?: |$))",
        re.ASCII,
    ),
)
_TAI64N = re.compile(r"@(?P<seconds>[0-9a-f]{16})(?P<nanoseconds>[0-9a-f]{8})(?: |$)")
_EPOCH = re.compile(r"(?P<seconds>\d{9,10}\.\d{3,9}) ", re.ASCII)


def begins_with_stamp(line: str) -> bool:
    """Whether a date and time stand at the start."""
    return any(form.match(line) for form in _FORMS)


class Stamps:
    """Reads the stamps of one log; remembers the last minute, so that most cost a comparison."""

    def __init__(self, *, now: float | None = None, tz: tzinfo | None = None) -> None:
        self._now = now
        self._tz = tz
        self._last: datetime | None = None
        self._before = "\0"
        self._tail = ""
        self._second_at = self._tail_at = 0
        self._minute = self._fraction_unit = 0.0
        self.end = 0
        """Where the stamp read last ends and the host begins."""
        self.priority: int | None = None
        """Syslog priority (0 to 7) from ``<PRI>``."""
        self.is_rfc5424 = False

    def read(self, line: str) -> float | None:
        """Seconds since the epoch; ``None`` when the line begins with no stamp."""
        if line.startswith(self._before) and line[self._tail_at : self.end] == self._tail:
            at = self._second_at
            second = _SECONDS.get(line[at : at + 2])
            if second is not None:
                if not self._fraction_unit:
                    return self._minute + second
                fraction = line[at + 3 : self._tail_at]
                if fraction.isdecimal():
                    return self._minute + second + int(fraction) * self._fraction_unit
        return self._read_afresh(line)

    def _read_afresh(self, line: str) -> float | None:
        self._before = "\0"
        for form in _FORMS:
            if found := form.match(line):
                return self._remember(found)
        return self._read_counted(line)

    def _read_counted(self, line: str) -> float | None:
        """Stamps that count seconds."""
        self.priority, self.is_rfc5424 = None, False
        if found := _TAI64N.match(line):
            self.end = found.end()
            seconds = int(found["seconds"], 16) - _TAI_OFFSET
            return seconds + int(found["nanoseconds"], 16) / 1e9 if 0 <= seconds < 2**33 else None
        if found := _EPOCH.match(line):
            self.end = found.end()
            return float(found["seconds"])
        return None

    def _remember(self, found: re.Match[str]) -> float | None:
        minute = self._minute_of(found)
        second = _SECONDS.get(found["second"])
        if minute is None or second is None:
            return None
        priority = found["pri"]
        self.priority = int(priority) % 8 if priority else None
        self.is_rfc5424 = bool(found["version"])
        self._minute, self._before, self._tail = minute, found["before"], found["tail"]
        self._second_at, self._tail_at = found.end("before"), found.start("tail")
        self._fraction_unit = 10.0 ** -len(found["fraction"]) if found["fraction"] else 0.0
        self.end = found.end()
        return minute + second + int(found["fraction"] or 0) * self._fraction_unit

    def _minute_of(self, found: re.Match[str]) -> float | None:
        """The minute a stamp lies in; ``None`` when the calendar has no such day."""
        groups = found.groupdict()
        month = _MONTHS.get(groups["month"]) or (int(groups["month"]) if groups["month"].isdecimal() else 0)
        year = groups["year"] or groups.get("year_last")
        day, hour, minute = int(groups["day"]), int(groups["hour"]), int(groups["minute"])
        try:
            zone = self._zone_of(groups["zone"])
            if year:
                return datetime(int(year), month, day, hour, minute, tzinfo=zone).timestamp()
            return self._in_the_past(month, day, hour, minute, zone)
        except (ValueError, OverflowError, OSError):
            return None

    def _zone_of(self, name: str | None) -> tzinfo | None:
        """The zone written; an abbreviation other than UTC's says no more than "local"."""
        if not name or (name.isalpha() and name not in ("Z", "UTC", "GMT")):
            return self._tz
        if name.isalpha():
            return UTC
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
        return timezone(-offset if name[0] == "-" else offset)

    def _in_the_past(self, month: int, day: int, hour: int, minute: int, zone: tzinfo | None) -> float | None:
        """The last such minute that is not in the future, but never a year before the line above."""
        limit = (clock.time() if self._now is None else self._now) + DAY
        latest = datetime.fromtimestamp(limit, zone).year
        last = self._last
        if last is not None and month <= 2 and last.month >= 11 and last.year == latest:
            limit, latest = limit + 366 * DAY, latest + 1
        for year in range(latest, latest - _YEARS_BACK, -1):
            try:
                moment = datetime(year, month, day, hour, minute, tzinfo=zone)
            except ValueError:
                continue
            if moment.timestamp() <= limit:
                self._last = moment
                return moment.timestamp()
        return None
