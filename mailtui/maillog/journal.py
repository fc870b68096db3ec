"""Entries of systemd's journal: ``journalctl -o json`` and ``-o export``. Format: systemd's JOURNAL_EXPORT_FORMATS.

A value may be text, an array of byte numbers (not UTF-8, or too long), or an array of values (a field logged twice).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_LONGEST_FIELD = 2**26
"""Bytes of one binary field in an export; journald's own limit is below."""


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


def export_entries(chunks: Iterable[bytes]) -> Iterator[dict[str, object]]:
    """Entries of an export, given as its lines (with newlines) or in pieces of any size; half an entry is dropped."""
    entry: dict[str, object] = {}
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while taken := _take_field(buffer):
            length, name, value = taken
            del buffer[:length]
            if name:
                entry[name] = value
            elif entry:
                yield entry
                entry = {}
    if entry:
        yield entry


def _take_field(buffer: bytearray) -> tuple[int, str, bytes] | None:
    """The first field: its length, name and value; no name ends an entry; ``None`` when more must be read."""
    end = buffer.find(b"\n")
    if end < 0:
        return None
    name, equals, value = bytes(buffer[:end]).partition(b"=")
    if equals or not name:
        return end + 1, name.decode("ascii", "replace"), value
    size = int.from_bytes(buffer[end + 1 : end + 9], "little")
    start = end + 9
    if size > _LONGEST_FIELD:
        return end + 1, name.decode("ascii", "replace"), b""
    if len(buffer) < start + size + 1:
        return None
    return start + size + 1, name.decode("ascii", "replace"), bytes(buffer[start : start + size])
