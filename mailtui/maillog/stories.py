"""One message, one story: events joined across queue IDs, content filters, forwards, bounces, requeues and Dovecot.

What links two lines, by Postfix's own log: the queue ID within a host and instance; ``orig_queue_id=``, ``queued as``
(content filter); ``forwarded as``; ``orig_id=`` (requeue); ``sender non-delivery notification: ID``; and to Dovecot the
LMTP session in the reply, or the Message-ID. Postfix up to 3.10 logs a notification's own lines before the line that
names it, 3.11 after it; both orders come out the same.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUED_AS
from mailtui.maillog.model import NOQUEUE, Event, Story
from mailtui.maillog.story_index import StoryIndex
from mailtui.maillog.story_record import Record, attempt_of

LMTP_SAVED = re.compile(r"250 2\.0\.0 <[^>]*> (?P<session>\S+) Saved")
_REFUSALS = frozenset({"reject", "milter-reject", "proxy-reject"})
_WHOLE_MESSAGE = frozenset({"DATA", "END-OF-MESSAGE", "BDAT"})
_MEMORY = 5_000
"""Links that wait for their other end: sessions, Message-IDs, queue IDs announced."""


Value = TypeVar("Value")


class StoryBook:
    """The stories of the events added so far; at most ``max_stories``, ended ones leave first."""

    def __init__(self, max_stories: int = 50_000) -> None:
        self._index = StoryIndex(max_stories)
        self._refused = StoryIndex(max(max_stories // 10, 10))
        self._announced: _Links[str] = _Links()  # queue ID that a reply named -> key of the record before
        self._notices: _Links[str] = _Links()  # queue ID of a notification -> the queue ID it is about
        self._message_ids: _Links[str] = _Links()
        self._sessions: _Links[tuple[str, str, str]] = _Links()  # LMTP session -> key, to, orig_to
        self._saved: _Links[Event] = _Links()  # LMTP session -> Dovecot's line that came first
        self._followers: list[Record] = []
        self._readers: dict[str, Callable[[Event], Record | None]] = {
            "client": self._arrive,
            "pickup": self._arrive,
            "message-id": self._name,
            "active": self._take_up,
            "delivery": self._deliver,
            "removed": self._remove,
            "expired": self._expire,
            "notification": self._notify,
            "held": self._hold,
            "hold": self._hold,
            "milter-hold": self._hold,
            "released": self._release,
            "discard": self._discard,
            "milter-discard": self._discard,
            "canceled": self._cancel,
            "saved": self._save,
            "save-failed": self._save,
            **dict.fromkeys(_REFUSALS, self._refuse),
        }

    def add(self, event: Event) -> str | None:
        """Take in one event; the key of the story it belongs to, if it belongs to one."""
        reader = self._readers.get(event.event)
        if reader is not None:
            record = reader(event)
        elif event.queue_id and event.queue_id != NOQUEUE:
            record = self._index.of_event(event)
            if record is not None:
                record.add_line(event)
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

    def _of(self, event: Event) -> Record:
        """The event's record; a line whose beginning was not seen begins one."""
        return self._index.of_event(event) or self._begin(event)

    def _begin(self, event: Event) -> Record:
        """A new record, or a new queue ID of the message that announced it."""
        queue_id = event.queue_id
        origin = event.fields.get("orig_queue_id") or event.fields.get("orig_id")
        parent = self._index.current((event.host, event.instance), origin) if origin else None
        if parent is None:
            parent = self._index.get(self._announced.pop(queue_id) or "")
        if parent is not None and queue_id not in parent.live:
            self._index.join(parent, queue_id)
            return parent
        record = self._index.begin(event)
        about = self._notices.pop(queue_id)
        if about:
            record.parents.append(about)
        return record

    def _arrive(self, event: Event) -> Record | None:
        if event.queue_id in ("", NOQUEUE):
            return None
        record = self._index.of_event(event)
        if record is None or event.queue_id not in record.live or record.message_ids or record.size is not None:
            record = self._begin(event)
        record.add_line(event)
        if record.arrived is None:
            record.arrived = event.time
            record.client = event.fields.get("client", "local")
            record.sasl_username = event.fields.get("sasl_username", "")
            record.sender = event.fields.get("from", record.sender)
        return record

    def _name(self, event: Event) -> Record:
        record = self._index.of_event(event)
        if record is None or event.queue_id not in record.live:
            record = self._begin(event)
            record.arrived = event.time if record.arrived is None else record.arrived
        record.add_line(event)
        message_id = event.fields.get("message-id", "")
        if message_id and message_id not in record.message_ids:
            record.message_ids.append(message_id)
        self._message_ids.put(message_id, record.key)
        return record

    def _take_up(self, event: Event) -> Record:
        record = self._of(event)
        record.add_line(event)
        record.sender = event.fields.get("from", "")
        if record.size is None and event.fields.get("size", "").isdecimal():
            record.size = int(event.fields["size"])
        return record

    def _deliver(self, event: Event) -> Record:
        record = self._of(event)
        line = record.add_line(event)
        fields = event.fields
        to, orig_to = fields.get("to", ""), fields.get("orig_to", "")
        recipient = record.recipient(to, orig_to)
        if recipient is None:
            return record
        attempt = attempt_of(event, line)
        recipient.attempts.append(attempt)
        recipient.status = "deferred" if attempt.status == "softbounce" else attempt.status
        if attempt.status == "sent":
            recipient.status = self._handed_on(event, record, attempt.reason)
            if self._followers:
                self._index.absorb(record, self._followers.pop())
            saved = LMTP_SAVED.match(attempt.reason)
            if saved:
                self._join_session(record, saved["session"], to, orig_to)
        return record

    def _handed_on(self, event: Event, record: Record, reply: str) -> str:
        """What ``sent`` means: delivered, forwarded as a new message, or given to a content filter."""
        forwarded = FORWARDED.match(reply)
        named = forwarded or QUEUED_AS.search(reply)
        if named is None:
            return "sent"
        status, child = "forwarded" if forwarded else "filtered", named["child"]
        if child in record.queue_ids:
            return status
        follower = self._index.current((event.host, event.instance), child)
        if follower is None:
            self._announced.put(child, record.key)
            return "forwarded" if forwarded else "sent"
        if not forwarded and not set(follower.message_ids) & set(record.message_ids):
            return "sent"  # a remote server's queue ID that happens to be one of ours
        self._followers.append(follower)
        return status

    def _remove(self, event: Event) -> Record:
        record = self._of(event)
        record.add_line(event)
        if event.daemon == "postsuper":
            for recipient in record.recipients.values():
                if recipient.open:
                    recipient.status = "deleted"
            record.state = record.state or "discarded"
        self._end(record, event)
        return record

    def _end(self, record: Record, event: Event) -> None:
        record.live.discard(event.queue_id)
        record.ended = event.time

    def _expire(self, event: Event) -> Record:
        """The queue manager gives up: no line per recipient follows. postsuper only marks the message."""
        record = self._of(event)
        record.add_line(event)
        if event.daemon != "postsuper":
            for recipient in record.recipients.values():
                if recipient.open:
                    recipient.status = "expired"
        return record

    def _notify(self, event: Event) -> Record:
        record = self._of(event)
        record.add_line(event)
        child = event.fields.get("child", "")
        if child and child not in record.bounces:
            record.bounces.append(child)
            follower = self._index.current((event.host, event.instance), child)
            if follower is None:
                self._notices.put(child, event.queue_id)
            elif event.queue_id not in follower.parents:
                follower.parents.append(event.queue_id)
        return record

    def _hold(self, event: Event) -> Record | None:
        return self._mark(event, "held")

    def _discard(self, event: Event) -> Record | None:
        return self._mark(event, "discarded")

    def _release(self, event: Event) -> Record | None:
        return self._mark(event, "")

    def _mark(self, event: Event, state: str) -> Record | None:
        if event.queue_id in ("", NOQUEUE):
            return None
        record = self._of(event)
        record.add_line(event)
        record.state = state
        return record

    def _cancel(self, event: Event) -> Record:
        record = self._of(event)
        record.add_line(event)
        record.state = record.state or "discarded"
        self._end(record, event)
        return record

    def _refuse(self, event: Event) -> Record:
        """Before there is a queue file a refusal is a story of its own; later it is a recipient's or the message's."""
        fields = event.fields
        if event.queue_id in ("", NOQUEUE):
            record = self._refused.begin(event, "")
            record.arrived = record.ended = event.time
            record.sender, record.client = fields.get("from"), fields.get("client", "")
            record.sasl_username = fields.get("sasl_username", "")
        else:
            record = self._of(event)
        line = record.add_line(event)
        if event.queue_id in ("", NOQUEUE) or fields.get("part") or fields.get("stage") in _WHOLE_MESSAGE:
            record.state = "rejected"
        to = fields.get("to", "")
        recipient = record.recipient(to, "")
        if recipient is not None:
            attempt = attempt_of(event, line)
            recipient.attempts.append(attempt)
            recipient.status = "rejected"
        return record

    def _save(self, event: Event) -> Record | None:
        """Dovecot's own word on an LMTP delivery: by session, else by Message-ID and user."""
        session = event.fields.get("session", "").partition(":")[0]
        link = self._sessions.get(session) if session else None
        if link is None:
            if session:
                self._saved.put(session, event)
            record = self._index.get(self._message_ids.get(event.fields.get("msgid", "")) or "")
            if record is None:
                return None
            self._saved_in(record, event, event.fields.get("user", ""))
            return record
        record = self._index.get(link[0])
        if record is not None:
            self._saved_in(record, event, link[1])
        return record

    def _join_session(self, record: Record, session: str, to: str, orig_to: str) -> None:
        session = session.partition(":")[0]
        self._sessions.put(session, (record.key, to, orig_to))
        event = self._saved.pop(session)
        if event is not None:
            self._saved_in(record, event, to)

    def _saved_in(self, record: Record, event: Event, to: str) -> None:
        place = (event.source, event.offset)
        if not any(line[:2] == place for line in record.lines):
            record.add_line(event)
        for recipient in record.recipients.values():
            if recipient.to == to and event.event == "saved":
                recipient.mailbox = event.fields.get("mailbox", "")


class _Links(Generic[Value]):
    """A dictionary that forgets its oldest entries."""

    def __init__(self) -> None:
        self._links: OrderedDict[str, Value] = OrderedDict()

    def put(self, name: str, value: Value) -> None:
        """Remember."""
        self._links[name] = value
        if len(self._links) > _MEMORY:
            self._links.popitem(last=False)

    def get(self, name: str) -> Value | None:
        """What is remembered."""
        return self._links.get(name)

    def pop(self, name: str) -> Value | None:
        """What is remembered, once."""
        return self._links.pop(name, None)
