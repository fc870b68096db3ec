"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from mailtui.filters import Filter
from mailtui.filters.getters import Scalar, values_read
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
    values = values_read(readers(time.time()), by.removeprefix("-"))
    known: list[tuple[Any, QueueEntry]] = []
    unknown: list[QueueEntry] = []
    for entry in entries:
        least = _least(values(entry))
        if least is None:
            unknown.append(entry)
        else:
            known.append((least, entry))
    known.sort(key=itemgetter(0), reverse=by.startswith("-"))
    return (*map(itemgetter(1), known), *unknown)


def _least(values: Sequence[Scalar]) -> Scalar | None:
    """The least of several texts, in any case; None where there is no value, or an empty one."""
    if not values:
        return None
    if len(values) > 1:
        return min([str(value).lower() for value in values]) or None
    (value,) = values
    return (value.lower() or None) if isinstance(value, str) else value
