"""Choosing and ordering entries of the queue."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from mailtui.filters import Filter
from mailtui.filters.fields import DOMAIN_SUFFIX
from mailtui.filters.getters import Value
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
    name, now = by.removeprefix("-"), time.time()
    column = column_of(name) or name
    read, least = FIELDS[column], _Least(domain=column != name and name.endswith(DOMAIN_SUFFIX))
    known: list[tuple[Any, QueueEntry]] = []
    unknown: list[QueueEntry] = []
    for entry in entries:
        key = least.of(read(entry, now))
        if key is None:
            unknown.append(entry)
        else:
            known.append((key, entry))
    known.sort(key=itemgetter(0), reverse=by.startswith("-"))
    return (*map(itemgetter(1), known), *unknown)


class _Least:
    """What an entry is sorted by: the least of several values, texts in any case."""

    def __init__(self, *, domain: bool) -> None:
        self._domain = domain
        self._lowered: dict[str, str] = {}

    def of(self, value: Value) -> Any:
        """None where there is no value, or an empty one."""
        if isinstance(value, str):
            return self._text(value) or None
        if value is None or isinstance(value, int | float):
            return value
        texts = [self._text(str(scalar)) for scalar in value]
        return (texts[0] if len(texts) == 1 else min(texts, default="")) or None

    def _text(self, text: str) -> str:
        """Thousands of messages wait for the same reason."""
        if self._domain:
            text = text.rpartition("@")[2]
        found = self._lowered.get(text)
        if found is None:
            found = self._lowered[text] = text.lower()
        return found
