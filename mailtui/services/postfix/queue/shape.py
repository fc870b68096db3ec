"""The shape of the queue: how many messages of what age wait for whom, as qshape(1) counts them.

A message with several values counts for each of them once; the total counts it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.joining import cause_of
from mailtui.services.postfix.queue.model import QueueEntry

BUCKETS = tuple(5 * 2**step for step in range(9))
"""Upper ends of the ages counted apart, in minutes: 5 10 20 … 1280; beyond is the last one."""
_MINUTE = 60.0
NOBODY = "<>"
"""The null sender; and whoever did not log in is ``-``."""


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """Messages of one value by age."""

    name: str
    total: int
    counts: tuple[int, ...]
    """One for each of ``BUCKETS``, and one for all older ones."""
    size: int
    """Bytes of them all."""
    oldest: float
    """Arrival of the oldest one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The whole queue by one column, the most first."""

    by: str
    total: ShapeRow
    rows: tuple[ShapeRow, ...]
    buckets: tuple[int, ...] = BUCKETS


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


_Names = Callable[[QueueEntry], Iterable[str]]
COLUMNS: dict[str, _Names] = {
    "domain": lambda entry: {_domain(address) for address in entry.addresses},
    "recipient": lambda entry: {address.lower() for address in entry.addresses},
    "sender": lambda entry: (entry.sender.lower() or NOBODY,),
    "sender_domain": lambda entry: (_domain(entry.sender) or NOBODY,),
    "reason": lambda entry: {recipient.delay_reason or "not tried yet" for recipient in entry.recipients},
    "cause": lambda entry: {
        cause_of(recipient.delay_reason) or recipient.delay_reason or "not tried yet" for recipient in entry.recipients
    },
    "sasl_username": lambda entry: (entry.sasl_username or "-",),
    "client": lambda entry: (entry.client or "-",),
    "queue_name": lambda entry: (entry.queue_name,),
}
"""What rows there can be; ``domain`` is the recipients'."""


class _Row:
    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.size = 0
        self.oldest = float("inf")

    def add(self, bucket: int, entry: QueueEntry) -> None:
        self.counts[bucket] += 1
        self.size += entry.message_size
        self.oldest = min(self.oldest, entry.arrival_time)

    def finished(self, name: str) -> ShapeRow:
        return ShapeRow(name, sum(self.counts), tuple(self.counts), self.size, self.oldest)


def shape(entries: Iterable[QueueEntry], by: str = "domain", now: float | None = None) -> Shape:
    """Count ``entries`` by age and by a column of ``COLUMNS``; raises UsageError for any other."""
    names = COLUMNS.get(by)
    if names is None:
        raise UsageError(f"the queue cannot be shaped by {by}", unlock=f"by one of: {', '.join(COLUMNS)}")
    moment = time.time() if now is None else now
    rows: dict[str, _Row] = {}
    total = _Row()
    for entry in entries:
        bucket = _bucket(moment - entry.arrival_time)
        total.add(bucket, entry)
        for name in names(entry):
            rows.setdefault(name, _Row()).add(bucket, entry)
    found = [row.finished(name) for name, row in rows.items()]
    return Shape(by, total.finished("TOTAL"), tuple(sorted(found, key=lambda row: (-row.total, row.name))))


def _bucket(age: float) -> int:
    """The first bucket whose end the age does not pass."""
    minutes = age / _MINUTE
    return next((number for number, end in enumerate(BUCKETS) if minutes < end), len(BUCKETS))
