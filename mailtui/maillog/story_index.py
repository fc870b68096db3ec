"""Which record a queue ID stands for: scoped by host and instance, aware that short queue IDs are used again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from mailtui.maillog.model import Event, Story
from mailtui.maillog.story_record import Record


class StoryIndex:
    """At most ``size`` records, found by key and by queue ID; ``leaving`` is told of each that must make room."""

    def __init__(self, size: int, leaving: Callable[[Story], None] | None = None) -> None:
        self._size = size
        self._leaving = leaving
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._current: dict[tuple[str, str, str], Record] = {}
        self._keys: dict[str, list[str]] = {}
        self._done: OrderedDict[str, None] = OrderedDict()
        self._generation = 0

    def keys(self) -> list[str]:
        """All keys, oldest first."""
        return list(self._records)

    def get(self, key: str) -> Record | None:
        """The record with this key."""
        return self._records.get(key)

    def find(self, queue_id: str) -> list[str]:
        """Keys of the records this queue ID belongs to, oldest first."""
        return list(self._keys.get(queue_id, ()))

    def current(self, host: str, instance: str, queue_id: str) -> Record | None:
        """The latest record of a queue ID."""
        return self._current.get((host, instance, queue_id))

    def on_host(self, host: str, queue_id: str) -> Record | None:
        """The latest record of a queue ID of any instance on this host."""
        for key in reversed(self._keys.get(queue_id, ())):
            record = self._records[key]
            if record.host == host:
                return record
        return None

    def of_event(self, event: Event) -> Record | None:
        """The record an event belongs to; a milter knows the queue ID but not the instance."""
        if event.instance:
            return self._current.get((event.host, event.instance, event.queue_id))
        return self.on_host(event.host, event.queue_id)

    def begin(self, event: Event, queue_id: str) -> Record:
        """A new record that begins with ``event``."""
        self._generation += 1
        key = f"{event.host}/{event.instance}/{queue_id}#{self._generation}"
        record = self._records[key] = Record(key, event.host, event.instance)
        if queue_id:
            self.join(record, queue_id, event.instance)
        if len(self._records) > self._size:
            self._drop_one()
        return record

    def elsewhere(self, record: Record, queue_id: str) -> Record | None:
        """The latest record of a queue ID on another host that has the same message."""
        for key in reversed(self._keys.get(queue_id, ())):
            found = self._records[key]
            if found.host != record.host and set(found.message_ids) & set(record.message_ids):
                return found
        return None

    def join(self, record: Record, queue_id: str, instance: str, host: str = "") -> None:
        """From now on ``queue_id`` stands for ``record``; on the record's own host, unless another is named."""
        if queue_id not in record.queue_ids:
            record.queue_ids.append(queue_id)
        record.live.add(queue_id)
        self._done.pop(record.key, None)
        record.places.add((host or record.host, instance))
        self._current[host or record.host, instance, queue_id] = record
        keys = self._keys.setdefault(queue_id, [])
        if record.key not in keys:
            keys.append(record.key)

    def end(self, record: Record, event: Event) -> None:
        """One queue ID's life is over; a record without any left makes room first."""
        record.end(event)
        if not record.live:
            self._done[record.key] = None

    def absorb(self, record: Record, child: Record) -> None:
        """``child`` turned out to be a later part of ``record``'s message."""
        self.forget(child)
        for queue_id in child.queue_ids:
            for host, instance in child.places:
                self.join(record, queue_id, instance, host)
        record.live -= set(child.queue_ids) - child.live
        if not record.live:
            self._done[record.key] = None
        record.lines += child.lines
        record.message_ids += [name for name in child.message_ids if name not in record.message_ids]
        record.bounces += [name for name in child.bounces if name not in record.bounces]
        record.state = record.state or child.state
        record.ended = max(filter(None, (record.ended, child.ended)), default=None)
        for recipient in child.recipients.values():
            known = record.recipient(recipient.to, recipient.orig_to)
            if known is not None:
                known.continue_with(recipient)

    def forget(self, record: Record) -> None:
        """Drop a record."""
        self._records.pop(record.key, None)
        self._done.pop(record.key, None)
        for queue_id in record.queue_ids:
            keys = self._keys.get(queue_id, [])
            if record.key in keys:
                keys.remove(record.key)
            if not keys:
                self._keys.pop(queue_id, None)
        for place in self._places(record):
            del self._current[place]

    def _places(self, record: Record) -> list[tuple[str, str, str]]:
        """Where a record is the current one."""
        places = ((*place, queue_id) for place in record.places for queue_id in record.queue_ids)
        return [place for place in places if self._current.get(place) is record]

    def _drop_one(self) -> None:
        """Make room: what ended first, or the oldest."""
        record = self._records[next(iter(self._done or self._records))]
        if self._leaving is not None:
            self._leaving(record.snapshot())
        self.forget(record)
