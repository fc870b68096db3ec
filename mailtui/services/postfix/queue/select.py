"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from mailtui.filters import Filter
from mailtui.filters.getters import Scalar, reader_of
from mailtui.services.postfix.queue.fields import checked_filter, checked_key, readers
from mailtui.services.postfix.queue.model import QueueEntry

_by_key: Any = itemgetter(0)
_entry_of: Any = itemgetter(1)


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
    keys = [
        (value.lower() or None) if isinstance(value, str) else _least(value) if isinstance(value, Iterable) else value
        for value in map(read, entries)
    ]
    pairs = [*zip(keys, entries, strict=True)]
    known = [pair for pair in pairs if pair[0] is not None]
    known.sort(key=_by_key, reverse=by.startswith("-"))
    unknown = (entry for key, entry in pairs if key is None) if len(known) < len(pairs) else ()
    return (*map(_entry_of, known), *unknown)


def _least(values: Iterable[Scalar]) -> Scalar | None:
    """The least of several texts, in any case; None where there is no value, or an empty one."""
    found = [*values]
    if len(found) > 1:
        return min([str(value).lower() for value in found]) or None
    value = found[0] if found else None
    return (value.lower() or None) if isinstance(value, str) else value
