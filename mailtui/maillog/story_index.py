"""Which record a queue ID stands for: scoped by host and instance, aware that short queue IDs are used again."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice

from mailtui.maillog.model import Event
from mailtui.maillog.story_record import Record

_LOOK_AT = 32
"""Oldest records looked at for one that has ended, when room is needed."""

Scope = tuple[str, str]
"""Host and Postfix instance."""


class StoryIndex:
    """At most ``size`` records, found by key and by queue ID."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._current: dict[tuple[str, str, str], str] = {}
        self._keys: dict[str, list[str]] = {}
        self._generation = 0

    def __len__(self) -> int:
        return len(self._records)

    def keys(self) -> list[str]:
        """All keys, oldest first."""
        return list(self._records)

    def get(self, key: str) -> Record | None:
        """The record with this key."""
        return self._records.get(key)

    def find(self, queue_id: str) -> list[str]:
        """Keys of the records this queue ID belongs to, oldest first."""
        return list(self._keys.get(queue_id, ()))

    def current(self, scope: Scope, queue_id: str) -> Record | None:
        """The latest record of a queue ID."""
        key = self._current.get((*scope, queue_id))
        return self._records.get(key) if key is not None else None

    def of_event(self, event: Event) -> Record | None:
        """The record an event belongs to; a milter knows the queue ID but not the instance."""
        if event.instance:
            return self.current((event.host, event.instance), event.queue_id)
        for key in reversed(self._keys.get(event.queue_id, ())):
            record = self._records[key]
            if record.host == event.host:
                return record
        return None

    def begin(self, event: Event, queue_id: str | None = None) -> Record:
        """A new record that begins with ``event``."""
        queue_id = event.queue_id if queue_id is None else queue_id
        self._generation += 1
        key = f"{event.host}/{event.instance}/{queue_id}#{self._generation}"
        record = Record(key, event.host, event.instance, [], event.time or 0.0)
        self._records[key] = record
        if queue_id:
            self.join(record, queue_id)
        if len(self._records) > self._size:
            self._drop_one()
        return record

    def join(self, record: Record, queue_id: str) -> None:
        """From now on ``queue_id`` stands for ``record`` too."""
        record.queue_ids.append(queue_id)
        record.live.add(queue_id)
        self._current[record.host, record.instance, queue_id] = record.key
        self._keys.setdefault(queue_id, []).append(record.key)

    def absorb(self, record: Record, child: Record) -> None:
        """``child`` turned out to be a later part of ``record``'s message."""
        if child is record:
            return
        self.forget(child)
        for queue_id in child.queue_ids:
            self.join(record, queue_id)
        record.live = (record.live - set(child.queue_ids)) | child.live
        record.lines = sorted({*record.lines, *child.lines}, key=lambda line: line[:2])
        record.message_ids += [name for name in child.message_ids if name not in record.message_ids]
        record.bounces += child.bounces
        record.last = max(record.last, child.last)
        record.ended = max(filter(None, (record.ended, child.ended)), default=None)
        for recipient in child.recipients.values():
            known = record.expected(recipient.to, recipient.orig_to)
            if known is None:
                record.recipients[recipient.to, recipient.orig_to] = recipient
            else:
                known.attempts += recipient.attempts
                known.status = recipient.status
                known.mailbox = recipient.mailbox or known.mailbox

    def forget(self, record: Record) -> None:
        """Drop a record."""
        self._records.pop(record.key, None)
        for queue_id in record.queue_ids:
            keys = self._keys.get(queue_id, [])
            if record.key in keys:
                keys.remove(record.key)
            if not keys:
                self._keys.pop(queue_id, None)
            place = (record.host, record.instance, queue_id)
            if self._current.get(place) == record.key:
                del self._current[place]

    def _drop_one(self) -> None:
        """Make room: the oldest that has ended, or the oldest."""
        oldest = list(islice(self._records.values(), _LOOK_AT))
        self.forget(next((record for record in oldest if not record.live), oldest[0]))
