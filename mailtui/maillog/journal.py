"""Entries of systemd's journal: ``journalctl -o json``. Format: systemd's JOURNAL_EXPORT_FORMATS.

A value may be text, an array of byte numbers (not UTF-8, or too long), or an array of values (a field logged twice).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Entry(NamedTuple):
    """What the log engine needs of one entry."""

    time: float | None
    host: str
    identifier: str
    pid: int | None
    priority: int | None
    message: str


def entry_of(entry: Mapping[str, object]) -> Entry:
    """The parts of one entry, by their fields' names in the journal."""
    microseconds = _number(entry, "__REALTIME_TIMESTAMP", 18)
    return Entry(
        time=None if microseconds is None else microseconds / 1e6,
        host=text_of(entry.get("_HOSTNAME")),
        identifier=text_of(entry.get("SYSLOG_IDENTIFIER")) or text_of(entry.get("_COMM")),
        pid=_number(entry, "SYSLOG_PID") or _number(entry, "_PID"),
        priority=_number(entry, "PRIORITY", 1),
        message=text_of(entry.get("MESSAGE")),
    )


def text_of(value: object) -> str:
    """A value as text, whichever way the journal writes it; the first of several."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, list) and value:
        if all(isinstance(item, int) and 0 <= item < 256 for item in value):
            return bytes(value).decode("utf-8", "surrogateescape")
        return text_of(value[0])
    return ""


def _number(entry: Mapping[str, object], name: str, most_digits: int = 10) -> int | None:
    value = entry.get(name)
    text = str(value) if isinstance(value, int) else text_of(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None
