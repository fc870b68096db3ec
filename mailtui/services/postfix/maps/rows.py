"""The entries of a table for reading: cleaned, filtered, and no more than anybody looks through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailtui.filters import Filter
from mailtui.findings import Finding
from mailtui.services.postfix.maps.text import Entry, Source
from mailtui.text import clean

MOST = 5000
"""Rows handed out at once; a filter finds the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry."""

    line: int
    """Of the file, from 1."""
    key: str
    value: str
    raw_key: str
    """The key as it stands there, for handing it back."""
    note: str = ""
    """What is wrong with it."""

    @property
    def name(self) -> str:
        """What tells it from others across an update."""
        return f"{self.line}:{self.raw_key}"


@dataclass(frozen=True, slots=True)
class Rows:
    """What is shown of a table."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    matching: int = 0
    findings: tuple[Finding, ...] = ()
    by_line: Mapping[str, Row] = field(default_factory=dict)
    """The rows by name."""


def rows_of(source: Source, where: Filter, findings: Sequence[Finding]) -> Rows:
    """The entries that ``where`` lets through; it may ask for key, value, line and plain words."""
    entries = source.entries
    matching = [entry for entry in entries if where.matches(_fields(entry))] if where else entries
    rows = tuple(map(_row, matching[:MOST]))
    return Rows(rows, len(entries), len(matching), tuple(findings), {row.name: row for row in rows})


def _fields(entry: Entry) -> dict[str, str | float]:
    key, value = _text(entry.key), _text(entry.value)
    return {"key": key, "value": value, "line": entry.first + 1, "text": f"{key} {value}"}


def _row(entry: Entry) -> Row:
    key = entry.key.decode("utf-8", "surrogateescape")
    note = "" if entry.readable else "no entry"
    return Row(entry.first + 1, clean(key), clean(_text(entry.value)), key, note)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
