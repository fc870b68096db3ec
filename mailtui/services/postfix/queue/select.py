"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from operator import itemgetter
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
    pairs: list[tuple[Any, QueueEntry]] = [(_key(read(entry)), entry) for entry in entries]
    known = [pair for pair in pairs if pair[0] is not None]
    known.sort(key=itemgetter(0), reverse=by.startswith("-"))
    return (*(entry for _, entry in known), *(entry for key, entry in pairs if key is None))


def _key(value: Value) -> Scalar | None:
    """The least of several texts, in any case; None where there is no value, or an empty one."""
    if isinstance(value, str):
        return value.lower() or None
    if value is None or isinstance(value, SCALARS):
        return value
    found = scalars(value)
    return min([str(one).lower() for one in found]) or None if len(found) > 1 else _key(next(iter(found), None))
