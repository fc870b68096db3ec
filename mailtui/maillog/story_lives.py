"""Which message an event is about: where a queue ID's life begins, and which earlier one it goes on with.

Scoped by host and instance. What links two lives, by Postfix's own log: ``orig_queue_id=``, ``orig_id=`` (requeue), a
reply that named the next queue ID, ``sender non-delivery notification: ID``. Postfix up to 3.10 logs a notification's
own lines before the line that names it, 3.11 after it; both orders come out the same.
"""

from __future__ import annotations

from collections.abc import Callable

from mailtui.maillog.model import NOQUEUE, Event, Story
from mailtui.maillog.story_index import StoryIndex
from mailtui.maillog.story_links import Links, links_for
from mailtui.maillog.story_record import Record

SILENT = ("", NOQUEUE)
"""What stands for the queue ID of a line that names no message."""

Reader = Callable[[Event], Record | None]

_HANDED_ON_SOON = 60.0
"""Seconds between a reply that names the next queue ID and that queue ID's first line, if it comes later at all."""


class Lives:
    """The records of the messages seen so far, and what was said of queue IDs still to come."""

    def __init__(self, max_stories: int, leaving: Callable[[Story], None] | None) -> None:
        most = links_for(max_stories)
        self.index = StoryIndex(max_stories, leaving)
        self.refused = StoryIndex(max(max_stories // 10, 10), leaving)
        """Refusals without a queue file."""
        self.number = 0
        """Of the event that is being read."""
        self._announced: Links[tuple[str, str], tuple[str, float]] = Links(most)
        """Host and queue ID that a reply named: the record before it, and when."""
        self._sent_on: Links[str, str] = Links(most)
        """Queue ID that a reply named, on whatever host it may be: the record before it."""
        self._notices: Links[tuple[str, str], str] = Links(most)
        """Host and queue ID of a notification: the queue ID it is about."""

    def of(self, event: Event) -> Record:
        """The event's record with its line; a line whose beginning was not seen begins one."""
        record = self.index.of_event(event) or self.begin(event)
        record.add_line(self.number, event)
        return record

    def of_live(self, event: Event) -> Record:
        """The same for a line that no message has behind its end: there it begins another."""
        record = self.index.of_event(event)
        if record is None or event.queue_id not in record.live:
            record = self.begin(event)
        record.add_line(self.number, event)
        return record

    def begin(self, event: Event) -> Record:
        """A new record, or a new queue ID of the message that led to it."""
        queue_id = event.queue_id
        parent = self._parent(event)
        if parent is not None and queue_id not in parent.live:
            self.index.join(parent, queue_id, event.instance)
            return parent
        record = self.index.begin(event, queue_id)
        about = self._notices.pop((event.host, queue_id))
        if about:
            record.parents.append(about)
        return record

    def refuse(self, event: Event) -> Record:
        """A story of its own for mail that never had a queue file."""
        record = self.refused.begin(event, "")
        record.add_line(self.number, event)
        return record

    def announce(self, event: Event, child: str, record: Record) -> None:
        """The message goes on as ``child``, of which nothing is known yet."""
        self._announced.put((event.host, child), (record.key, event.time or 0.0))
        self._sent_on.put(child, record.key)

    def received(self, record: Record, queue_id: str) -> Record:
        """Another host may have told of this message before; then it is one record with that."""
        before = self.index.get(self._sent_on.get(queue_id) or "")
        if before is None or before.host == record.host or not set(before.message_ids) & set(record.message_ids):
            return record
        self.index.absorb(before, record)
        return before

    def notify(self, event: Event, child: str, record: Record) -> None:
        """``child`` is a notification about the message."""
        notice = self.index.current(event.host, event.instance, child)
        if notice is None:
            self._notices.put((event.host, child), event.queue_id)
        elif notice is not record and event.queue_id not in notice.parents:
            notice.parents.append(event.queue_id)

    def _parent(self, event: Event) -> Record | None:
        """The message that this queue ID goes on with: named by its first line, or announced by an earlier reply."""
        origin = event.fields.get("orig_queue_id") or event.fields.get("orig_id")
        if origin:
            same = self.index.current(event.host, event.instance, origin)
            return same or self.index.on_host(event.host, origin)
        announced = self._announced.pop((event.host, event.queue_id))
        if announced is None:
            return None
        key, when = announced
        late = event.time is not None and event.time - when > _HANDED_ON_SOON
        return None if late else self.index.get(key)
