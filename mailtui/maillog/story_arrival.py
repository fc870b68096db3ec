"""How a message arrives: smtpd's or pickup's first line, cleanup's Message-ID, the queue manager's ``queue active``."""

from __future__ import annotations

from mailtui.maillog.grammar.postfix_patterns import QUEUED_AS
from mailtui.maillog.model import Event
from mailtui.maillog.story_lives import SILENT, Lives, Reader
from mailtui.maillog.story_record import Record
from mailtui.maillog.story_saves import Saves
from mailtui.maillog.story_sessions import Sessions

_SIZE_DIGITS = 18
"""A longer size is none: somebody wrote the log line by hand."""


class Arrival:
    """Reads the lines up to the queue."""

    def __init__(self, lives: Lives, sessions: Sessions, saves: Saves) -> None:
        self._lives = lives
        self._sessions = sessions
        self._saves = saves

    def readers(self) -> dict[str, Reader]:
        """By event."""
        return {
            "client": self._arrive,
            "pickup": self._arrive,
            "message-id": self._name,
            "active": self._take_up,
            "proxy-accept": self._proxy,
        }

    def hear(self, event: Event) -> Record | None:
        """A line of a process at work on a message."""
        queue_id = self._sessions.hear(self._lives.number, event)
        record = self._lives.index.current(event.host, event.instance, queue_id) if queue_id else None
        if record is not None:
            record.add_line(self._lives.number, event)
        return record

    def _arrive(self, event: Event) -> Record | None:
        if event.queue_id in SILENT:
            return self.hear(event)
        record = self._lives.index.of_event(event)
        if record is None or event.queue_id not in record.live or record.message_ids or record.size is not None:
            record = self._lives.begin(event)
        record.add_line(self._lives.number, event)
        if event.event == "client":
            for number, earlier in self._sessions.serve(event, stays=True):
                record.add_line(number, earlier)
        if record.arrived is None:
            record.arrived = event.time
            record.client = event.fields.get("client", "local")
            record.sasl_username = event.fields.get("sasl_username", "")
            record.sender = event.fields.get("from", record.sender)
        return record

    def _proxy(self, event: Event) -> Record | None:
        """A filter asked before there was a queue file: the message it let through came from our client."""
        named = QUEUED_AS.search(event.fields.get("reason", ""))
        record = self._lives.index.on_host(event.host, named["child"]) if named else None
        if named is None or record is None:
            return None
        arrival, lines = self._sessions.proxied(event, named["child"])
        for number, earlier in [*lines, (self._lives.number, event)]:
            record.add_line(number, earlier)
        if arrival is not None:
            record.client = arrival.fields.get("client", record.client)
            record.sasl_username = arrival.fields.get("sasl_username", record.sasl_username)
        return record

    def _name(self, event: Event) -> Record:
        message_id = event.fields.get("message-id", "")
        record = self._lives.index.of_event(event)
        if record is None or event.queue_id not in record.live or _is_another(record, message_id):
            record = self._lives.begin(event)
            record.arrived = event.time if record.arrived is None else record.arrived
        record.add_line(self._lives.number, event)
        if message_id and message_id not in record.message_ids:
            record.message_ids.append(message_id)
        record = self._lives.received(record, event.queue_id)
        self._saves.expect(message_id, record)
        return record

    def _take_up(self, event: Event) -> Record:
        record = self._lives.of_live(event)
        record.sender = event.fields.get("from", "")
        record.state = "" if record.state == "held" else record.state
        size = event.fields.get("size", "")
        if record.size is None and size.isdecimal() and len(size) <= _SIZE_DIGITS:
            record.size = int(size)
        return record


def _is_another(record: Record, message_id: str) -> bool:
    """Whether a short queue ID is used again for another message, and the end of the first was not in the log."""
    if record.size is None or len(record.queue_ids) > 1:
        return False
    return bool(record.message_ids) and message_id not in record.message_ids
