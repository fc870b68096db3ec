"""The literals of the filter language and of ``--since``: sizes, durations, moments."""

from __future__ import annotations

import re
import time as clock
from datetime import datetime, timedelta
from typing import NamedTuple

_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([kmgt]?)(?:i?b)?", re.IGNORECASE)
_DURATION = re.compile(r"(?:(?:\d+(?:\.\d*)?|\.\d+)[smhdw])+|\d+(?:\.\d*)?|\.\d+", re.IGNORECASE)
_DURATION_PART = re.compile(r"([\d.]+)([smhdw]?)", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_TIME_OF_DAY = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(\.\d{1,6})?)?")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}

SEVERITIES = ("debug", "info", "warning", "error", "fatal", "panic")


class Moment(NamedTuple):
    """A stretch of time as long as its text is precise: ``14:30`` is a minute, ``2026-11-20`` a day."""

    start: float
    end: float


def size(text: str) -> float | None:
    """Bytes in ``10``, ``10k``, ``1.5M``, ``2GB``; ``None`` if it is no size."""
    match = _SIZE.fullmatch(text)
    return float(match[1]) * _FACTORS[match[2].lower()] if match else None


def duration(text: str) -> float | None:
    """Seconds in ``90``, ``2h``, ``1d12h``; ``None`` if it is no duration."""
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in _DURATION_PART.findall(text))


def number(text: str) -> float | None:
    """A plain number, or a size, or a duration: what a field of unknown kind is compared with."""
    for read in (_plain, size, duration):
        value = read(text)
        if value is not None:
            return value
    return None


def severity(text: str) -> float | None:
    """The rank of a severity; ``None`` if it is none."""
    return float(SEVERITIES.index(text.lower())) if text.lower() in SEVERITIES else None


def moment(text: str, now: float | None = None) -> Moment | None:
    """What a date, a time of day, ``now``, ``today``, ``yesterday``, ``@seconds`` or a duration ago means."""
    present = clock.time() if now is None else now
    ago = duration(text) if text[-1:].isalpha() else None
    if text.lower() == "now" or ago is not None:
        start = present - (ago or 0.0)
        return Moment(start, start)
    if text.startswith("@"):
        seconds = _plain(text[1:])
        return None if seconds is None else Moment(seconds, seconds)
    try:
        return _calendar(text, datetime.fromtimestamp(present))
    except (ValueError, OverflowError, OSError):
        return None


def _plain(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def _calendar(text: str, present: datetime) -> Moment | None:
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0)
    if text.lower() in ("today", "yesterday"):
        start = midnight - timedelta(days=text.lower() == "yesterday")
        return _stretch(start, start + timedelta(days=1))
    if match := _TIME_OF_DAY.fullmatch(text):
        micro = round(float(match[4] or 0) * 1_000_000)
        start = midnight.replace(hour=int(match[1]), minute=int(match[2]), second=int(match[3] or 0), microsecond=micro)
        return _stretch(start, start + _precision(match[3] is not None, match[4] is not None))
    if match := _MONTH.fullmatch(text):
        start = datetime(int(match[1]), int(match[2]), 1)
        return _stretch(start, (start + timedelta(days=32)).replace(day=1))
    start = datetime.fromisoformat(text)
    if len(text) <= len("2026-11-20"):
        return _stretch(start, start + timedelta(days=1))
    return _stretch(start, start + _precision(text[16:17] == ":", text[19:20] == "."))


def _precision(seconds: bool, fraction: bool) -> timedelta:
    return timedelta(microseconds=1) if fraction else timedelta(seconds=1 if seconds else 60)


def _stretch(start: datetime, end: datetime) -> Moment:
    return Moment(start.timestamp(), end.timestamp())
