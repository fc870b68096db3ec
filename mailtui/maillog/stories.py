"""One message, one story: events joined across queue IDs, content filters, forwards, bounces, requeues and Dovecot.

What links two lines, by Postfix's own log: the queue ID within a host and instance; ``orig_queue_id=``, ``queued as``
(content filter); ``forwarded as``; ``orig_id=`` (requeue); ``sender non-delivery notification: ID``; and to Dovecot the
LMTP session in the reply, or the Message-ID. Postfix up to 3.10 logs a notification's own lines before the line that
names it, 3.11 after it; both orders come out the same.
"""

from __future__ import annotations

from collections.abc import Callable

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUED_AS
from mailtui.maillog.model import NOQUEUE, Event, Story
from mailtui.maillog.story_index import StoryIndex
from mailtui.maillog.story_links import Links
from mailtui.maillog.story_record import Record
from mailtui.maillog.story_saves import Saves
from mailtui.maillog.story_sessions import ARRIVAL, DELIVERY, Sessions

_WHOLE_MESSAGE = frozenset({"DATA", "END-OF-MESSAGE", "BDAT"})
_HANDED_ON_SOON = 60.0
"""Seconds between a reply that names the next queue ID and that queue ID's first line, if it comes later at all."""

_SILENT = ("", NOQUEUE)
Reader = Callable[[Event], Record | None]


class StoryBook:
    """The stories of the events added so far; at most ``max_stories``, ended ones leave first, through ``leaving``."""

    def __init__(self, max_stories: int = 50_000, leaving: Callable[[Story], None] | None = None) -> None:
        self._index = StoryIndex(max_stories, leaving)
        self._refused = StoryIndex(max(max_stories // 10, 10), leaving)
        self._announced: Links[tuple[str, str], tuple[str, float]] = Links()
        """Host and queue ID that a reply named: the record before it, and when."""
        self._notices: Links[tuple[str, str], str] = Links()
        """Host and queue ID of a notification: the queue ID it is about."""
        self._sessions = Sessions()
        self._saves = Saves(self._index)
        self._number = 0
        self._readers: dict[str, Reader] = {
            "client": self._arrive,
            "pickup": self._arrive,
            "message-id": self._name,
            "active": self._take_up,
            "delivery": self._deliver,
            "removed": self._remove,
            "canceled": self._cancel,
            "expired": self._expire,
            "notification": self._notify,
            "scanned": self._scan,
            "proxy-accept": self._proxy,
            "saved": self._save,
            "save-failed": self._save,
            "sieve": self._save,
            **dict.fromkeys(("held", "hold", "milter-hold"), self._marking("held")),
            **dict.fromkeys(("discard", "milter-discard"), self._marking("discarded")),
            "released": self._marking(""),
            **dict.fromkeys(("reject", "milter-reject", "proxy-reject"), self._refuse),
        }

    def add(self, event: Event) -> str | None:
        """Take in one event; the key of the story it belongs to, if it belongs to one."""
        self._number += 1
        reader = self._readers.get(event.event)
        if reader is not None:
            record = reader(event)
        elif event.queue_id not in _SILENT:
            record = self._index.of_event(event)
            if record is not None:
                record.add_line(self._number, event)
        elif event.daemon in ARRIVAL or event.daemon in DELIVERY:
            record = self._hear(event)
        else:
            return None
        return record.key if record is not None else None

    def story(self, key: str) -> Story | None:
        """The story with this key, as it stands now."""
        record = self._index.get(key) or self._refused.get(key)
        return record.snapshot() if record else None

    def find(self, queue_id: str) -> list[str]:
        """Keys of the stories a queue ID belongs to, oldest first."""
        return self._index.find(queue_id)

    def keys(self) -> list[str]:
        """All keys, refused mail last."""
        return self._index.keys() + self._refused.keys()

    # which record

    def _of(self, event: Event) -> Record:
        """The event's record with its line; a line whose beginning was not seen begins one."""
        record = self._index.of_event(event) or self._begin(event)
        record.add_line(self._number, event)
        return record

    def _begin(self, event: Event) -> Record:
        """A new record, or a new queue ID of the message that led to it."""
        queue_id = event.queue_id
        parent = self._parent(event)
        if parent is not None and queue_id not in parent.live:
            self._index.join(parent, queue_id, event.instance)
            return parent
        record = self._index.begin(event, queue_id)
        about = self._notices.pop((event.host, queue_id))
        if about:
            record.parents.append(about)
        return record

    def _parent(self, event: Event) -> Record | None:
        """The message that this queue ID goes on with: named by its first line, or announced by an earlier reply."""
        origin = event.fields.get("orig_queue_id") or event.fields.get("orig_id")
        if origin:
            same = self._index.current(event.host, event.instance, origin)
            return same or self._index.on_host(event.host, origin)
        announced = self._announced.pop((event.host, event.queue_id))
        if announced is None:
            return None
        key, when = announced
        late = event.time is not None and event.time - when > _HANDED_ON_SOON
        return None if late else self._index.get(key)

    def _hear(self, event: Event) -> Record | None:
        """A line of a process at work on a message."""
        queue_id = self._sessions.hear(self._number, event)
        record = self._index.current(event.host, event.instance, queue_id) if queue_id else None
        if record is not None:
            record.add_line(self._number, event)
        return record

    def _with_session(self, record: Record, event: Event, *, stays: bool) -> None:
        for number, earlier in self._sessions.serve(event, stays=stays):
            record.add_line(number, earlier)

    # arrival

    def _arrive(self, event: Event) -> Record | None:
        if event.queue_id in _SILENT:
            return self._hear(event)
        record = self._index.of_event(event)
        if record is None or event.queue_id not in record.live or record.message_ids or record.size is not None:
            record = self._begin(event)
        record.add_line(self._number, event)
        if event.event == "client":
            self._with_session(record, event, stays=True)
        if record.arrived is None:
            record.arrived = event.time
            record.client = event.fields.get("client", "local")
            record.sasl_username = event.fields.get("sasl_username", "")
            record.sender = event.fields.get("from", record.sender)
        return record

    def _proxy(self, event: Event) -> Record | None:
        """A filter asked before there was a queue file: the message it let through came from our client."""
        named = QUEUED_AS.search(event.fields.get("reason", ""))
        record = self._index.on_host(event.host, named["child"]) if named else None
        if named is None or record is None:
            return None
        arrival, lines = self._sessions.proxied(event, named["child"])
        for number, earlier in [*lines, (self._number, event)]:
            record.add_line(number, earlier)
        if arrival is not None:
            record.client = arrival.fields.get("client", record.client)
            record.sasl_username = arrival.fields.get("sasl_username", record.sasl_username)
        return record

    def _name(self, event: Event) -> Record:
        message_id = event.fields.get("message-id", "")
        record = self._index.of_event(event)
        if record is None or event.queue_id not in record.live or _is_another(record, message_id):
            record = self._begin(event)
            record.arrived = event.time if record.arrived is None else record.arrived
        record.add_line(self._number, event)
        if message_id and message_id not in record.message_ids:
            record.message_ids.append(message_id)
        self._saves.expect(message_id, record)
        return record

    def _take_up(self, event: Event) -> Record:
        record = self._index.of_event(event)
        if record is None or event.queue_id not in record.live:
            record = self._begin(event)
        record.add_line(self._number, event)
        record.sender = event.fields.get("from", "")
        record.state = "" if record.state == "held" else record.state
        size = event.fields.get("size", "")
        if record.size is None and size.isdecimal():
            record.size = int(size)
        return record

    # delivery

    def _deliver(self, event: Event) -> Record:
        record = self._of(event)
        if event.daemon in DELIVERY:
            self._with_session(record, event, stays=False)
        fields = event.fields
        to, orig_to = fields.get("to", ""), fields.get("orig_to", "")
        recipient = record.recipient(to, orig_to)
        if recipient is None:
            return record
        status, follower = fields.get("status", "").lower(), None
        reply = fields.get("reason", "")
        if status == "sent":
            status, follower = self._handed_on(record, event, reply)
            self._saves.confirm(record, reply, to)
        recipient.try_with(event, "deferred" if status == "softbounce" else status)
        if follower is not None and follower is not record:
            self._index.absorb(record, follower)
        return record

    def _handed_on(self, record: Record, event: Event, reply: str) -> tuple[str, Record | None]:
        """What ``sent`` means: delivered, forwarded, or given to a content filter; and the record that follows."""
        forwarded = FORWARDED.match(reply)
        named = forwarded or QUEUED_AS.search(reply)
        if named is None:
            return "sent", None
        follower = self._follower(record, event, named["child"], is_certain=forwarded is not None)
        return "forwarded" if forwarded else "filtered" if follower else "sent", follower

    def _follower(self, record: Record, event: Event, child: str, *, is_certain: bool) -> Record | None:
        """The record of this message's next queue ID; a remote server's queue ID may look like one of ours."""
        if child in record.queue_ids:
            return record
        follower = self._index.current(event.host, event.instance, child) or self._index.on_host(event.host, child)
        if follower is None:
            self._announced.put((event.host, child), (record.key, event.time or 0.0))
            return None
        return follower if is_certain or set(follower.message_ids) & set(record.message_ids) else None

    def _scan(self, event: Event) -> Record | None:
        """A filter tells which queue ID the message has behind it (amavis: ``queued_as``)."""
        if event.queue_id in _SILENT:
            return None
        record = self._index.of_event(event)
        if record is None:
            return None
        record.add_line(self._number, event)
        for child in event.fields.get("queued_as", "").split("/"):
            follower = self._follower(record, event, child, is_certain=False) if child else None
            if follower is not None and follower is not record:
                self._index.absorb(record, follower)
        return record

    def _save(self, event: Event) -> Record | None:
        return self._saves.save(self._number, event)

    # the end

    def _remove(self, event: Event) -> Record:
        record = self._of(event)
        if event.daemon == "postsuper":
            record.close("deleted")
        self._index.end(record, event)
        return record

    def _cancel(self, event: Event) -> Record:
        record = self._of(event)
        record.state = record.state or "discarded"
        self._index.end(record, event)
        return record

    def _expire(self, event: Event) -> Record:
        """The queue manager gives up: no line per recipient follows. postsuper only marks the message."""
        record = self._of(event)
        if event.daemon != "postsuper":
            record.close("expired")
        return record

    def _notify(self, event: Event) -> Record:
        record = self._of(event)
        child = event.fields.get("child", "")
        if child and child not in record.bounces:
            record.bounces.append(child)
            notice = self._index.current(event.host, event.instance, child)
            if notice is None:
                self._notices.put((event.host, child), event.queue_id)
            elif notice is not record and event.queue_id not in notice.parents:
                notice.parents.append(event.queue_id)
        return record

    def _marking(self, state: str) -> Reader:
        def mark(event: Event) -> Record | None:
            if event.queue_id in _SILENT:
                return None
            record = self._of(event)
            record.state = state
            return record

        return mark

    def _refuse(self, event: Event) -> Record:
        """Before there is a queue file a refusal is a story of its own; later it is a recipient's or the message's."""
        fields = event.fields
        if event.queue_id in _SILENT:
            record = self._refused.begin(event, "")
            record.add_line(self._number, event)
            record.arrived = record.ended = event.time
            record.sender, record.client = fields.get("from"), fields.get("client", "")
            record.sasl_username = fields.get("sasl_username", "")
            record.state = "rejected"
        else:
            record = self._of(event)
            if fields.get("part") or fields.get("stage") in _WHOLE_MESSAGE:
                record.state = "rejected"
                self._index.end(record, event)
        recipient = record.recipient(fields.get("to", ""), "")
        if recipient is not None:
            recipient.try_with(event, "rejected")
        return record


def _is_another(record: Record, message_id: str) -> bool:
    """Whether a short queue ID is used again for another message, and the end of the first was not in the log."""
    if record.size is None or len(record.queue_ids) > 1:
        return False
    return bool(record.message_ids) and message_id not in record.message_ids
