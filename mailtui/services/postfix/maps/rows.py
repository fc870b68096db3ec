"""The entries of a table for reading: cleaned, filtered, and no more than anybody looks through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from mailtui.filters import Filter
from mailtui.services.postfix.maps.masking import masked
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
    by_line: Mapping[str, Row] = field(default_factory=dict)
    """The rows by name."""


def rows_of(source: Source, where: Filter, *, secret: bool = False) -> Rows:
    """The entries that ``where`` lets through; it may ask for key, value, line and plain words.

    ``secret``: the values are passwords, and neither shown nor searched.
    """
    if secret:
        source = Source(tuple(map(masked, source.lines)), source.format)
    if not where:
        rows = tuple(map(_row, islice(source.each(), MOST)))
        return Rows(rows, source.count, source.count, {row.name: row for row in rows})
    needles = [literal.encode() for literal in where.literals()]
    entries = source.containing(needles) if needles else source.entries
    matching = [entry for entry in entries if where.matches(_fields(entry))]
    rows = tuple(map(_row, matching[:MOST]))
    return Rows(rows, source.count, len(matching), {row.name: row for row in rows})


def _fields(entry: Entry) -> dict[str, str | float]:
    key, value = _text(entry.key), _text(entry.value)
    return {"key": key, "value": value, "line": entry.first + 1, "text": f"{key} {value}"}


def _row(entry: Entry) -> Row:
    key = entry.key.decode("utf-8", "surrogateescape")
    return Row(entry.first + 1, clean(key), clean(_text(entry.value)), key)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
