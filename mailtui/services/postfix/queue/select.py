"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from mailtui.filters import Filter
from mailtui.filters.getters import SCALARS, Scalar, Value, reader_of, scalars
from mailtui.services.postfix.queue.fields import checked_filter, checked_key, readers
from mailtui.services.postfix.queue.model import QueueEntry


def select(entries: Iterable[QueueEntry], wanted: Filter) -> tuple[QueueEntry, ...]:
    """The entries that ``wanted`` lets through; raises FilterError for a field the queue has not."""
    checked_filter(wanted)
    return tuple(filter(wanted.over(readers(time.time())), entries))


def ordered(entries: Sequence[QueueEntry], by: str) -> tuple[QueueEntry, ...]:
    """The entries sorted by a field; ``-age`` begins with the oldest. Those without it come last.

    The order of equal ones stays. Raises UsageError for a field the queue has not.
    """
    checked_key(by)
    read = reader_of(readers(time.time()), by.removeprefix("-"))
    keys: list[Any] = [*map(_key, map(read, entries))]
    known = [place for place, key in enumerate(keys) if key is not None]
    known.sort(key=keys.__getitem__, reverse=by.startswith("-"))
    unknown = [place for place, key in enumerate(keys) if key is None] if len(known) < len(keys) else []
    return tuple([entries[place] for place in (*known, *unknown)])


def _key(value: Value) -> Scalar | None:
    """The least of several texts, in any case; None where there is no value, or an empty one."""
    if isinstance(value, str):
        return value.lower() or None
    if value is None or isinstance(value, SCALARS):
        return value
    found = scalars(value)
    return min([str(one).lower() for one in found]) or None if len(found) > 1 else _key(next(iter(found), None))
