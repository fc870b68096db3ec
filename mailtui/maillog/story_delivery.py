"""What a delivery attempt makes of a message: delivered, tried in vain, or handed on under another queue ID.

``sent`` may mean ``forwarded as ID`` (local) or a content filter's ``queued as ID``. A remote server's queue ID may
look like one of ours: the two are one message only when they share a Message-ID.
"""

from __future__ import annotations

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUED_AS
from mailtui.maillog.model import Event
from mailtui.maillog.story_lives import SILENT, Lives, Reader
from mailtui.maillog.story_record import Record
from mailtui.maillog.story_saves import Saves
from mailtui.maillog.story_sessions import DELIVERY, Sessions


class Delivery:
    """Reads the lines of delivery agents, filters and Dovecot."""

    def __init__(self, lives: Lives, sessions: Sessions, saves: Saves) -> None:
        self._lives = lives
        self._sessions = sessions
        self._saves = saves

    def readers(self) -> dict[str, Reader]:
        """By event."""
        return {
            "delivery": self._deliver,
            "scanned": self._scan,
            **dict.fromkeys(("saved", "save-failed", "sieve"), self._save),
        }

    def _deliver(self, event: Event) -> Record:
        record = self._lives.of(event)
        if event.daemon in DELIVERY:
            for number, earlier in self._sessions.serve(event, stays=False):
                record.add_line(number, earlier)
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
            self._lives.index.absorb(record, follower)
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
        """The record of this message's next queue ID."""
        if child in record.queue_ids:
            return record
        index = self._lives.index
        follower = index.current(event.host, event.instance, child) or index.on_host(event.host, child)
        if follower is None:
            follower = index.elsewhere(record, child)
            if follower is None:
                self._lives.announce(event, child, record)
            return follower
        return follower if is_certain or set(follower.message_ids) & set(record.message_ids) else None

    def _scan(self, event: Event) -> Record | None:
        """A filter tells which queue ID the message has behind it (amavis: ``queued_as``)."""
        record = self._lives.index.of_event(event) if event.queue_id not in SILENT else None
        if record is None:
            return None
        record.add_line(self._lives.number, event)
        for child in event.fields.get("queued_as", "").split("/"):
            follower = self._follower(record, event, child, is_certain=False) if child else None
            if follower is not None and follower is not record:
                self._lives.index.absorb(record, follower)
        return record

    def _save(self, event: Event) -> Record | None:
        return self._saves.save(self._lives.number, event)
