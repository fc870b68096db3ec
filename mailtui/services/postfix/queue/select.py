"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mailtui.filters import Filter
from mailtui.filters.getters import Value, scalars
from mailtui.services.postfix.queue.fields import FIELDS, checked_filter, checked_key, column_of, entry_fields
from mailtui.services.postfix.queue.model import QueueEntry


def select(entries: Iterable[QueueEntry], wanted: Filter) -> tuple[QueueEntry, ...]:
    """The entries that ``wanted`` lets through; raises FilterError for a field the queue has not."""
    checked_filter(wanted)
    now = time.time()
    return tuple([entry for entry in entries if wanted.matches(entry_fields(entry, now))])


def ordered(entries: Sequence[QueueEntry], by: str) -> tuple[QueueEntry, ...]:
    """The entries sorted by a field; ``-age`` begins with the oldest. Those without it come last.

    The order of equal ones stays. Raises UsageError for a field the queue has not.
    """
    checked_key(by)
    name, reverse = by.removeprefix("-"), by.startswith("-")
    key = _key(name)
    known: list[tuple[Any, QueueEntry]] = []
    unknown: list[tuple[Any, QueueEntry]] = []
    for entry in entries:
        (known if (value := key(entry)) is not None else unknown).append((value, entry))
    known.sort(key=_first, reverse=reverse)
    return tuple([entry for _, entry in (*known, *unknown)])


def _first(pair: tuple[Any, QueueEntry]) -> Any:
    return pair[0]


def _key(name: str) -> Callable[[QueueEntry], Any]:
    """What an entry is sorted by: the least of several values, texts in any case."""
    column, now = column_of(name) or name, time.time()
    read, domain = FIELDS[column], column != name and name.endswith("_domain")

    def key(entry: QueueEntry) -> Any:
        return _least(read(entry, now), domain)

    return key


def _least(value: Value, domain: bool) -> Any:
    if isinstance(value, str):
        text = value.lower()
        return (text.rpartition("@")[2] if domain else text) or None
    if isinstance(value, int | float):
        return value
    texts = [str(scalar).lower() for scalar in scalars(value)]
    return min((text.rpartition("@")[2] for text in texts) if domain else texts, default="") or None
