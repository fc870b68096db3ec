"""Dovecot's word on a delivery, joined to the recipient it is about.

``250 2.0.0 <user> SESSION Saved`` is what Postfix logs of the LMTP reply; ``lmtp(user)<pid><SESSION>: … saved mail to
INBOX`` is Dovecot's line, mostly a moment earlier. Behind ``:`` a session counts recipients and transactions.
dovecot-lda names no session to Postfix: there the Message-ID and the user must do.
"""

from __future__ import annotations

import re

from mailtui.maillog.model import Event
from mailtui.maillog.story_index import StoryIndex
from mailtui.maillog.story_links import Links
from mailtui.maillog.story_record import Record

LMTP_SAVED = re.compile(r"250 2\.0\.0 <[^>]*> (?P<session>\S+) Saved")


MAX_EARLY = 20
"""Lines of one session kept until its reply comes."""


class Saves:
    """Deliveries and saves that look for each other."""

    def __init__(self, index: StoryIndex, most: int) -> None:
        self._index = index
        self._by_message_id: Links[str, str] = Links(most)
        """Message-ID: key of the latest record."""
        self._confirmed: Links[str, tuple[str, str]] = Links(most)
        """Session in a reply: key of the record, recipient."""
        self._early: Links[str, list[tuple[int, Event, Record | None]]] = Links(most)
        """Session: Dovecot's lines that came before the reply, and the record that has them already."""

    def expect(self, message_id: str, record: Record) -> None:
        """A message with this Message-ID has arrived."""
        if message_id:
            self._by_message_id.put(message_id, record.key)

    def confirm(self, record: Record, reply: str, to: str) -> None:
        """Postfix has a reply; if it is Dovecot's, it names the session."""
        match = LMTP_SAVED.match(reply)
        if match is None:
            return
        session = match["session"]
        self._confirmed.put(session, (record.key, to))
        for number, event, holder in self._early.pop(session) or ():
            if holder is not record:
                record.add_line(number, event)
            _note(record, event, to)

    def save(self, number: int, event: Event) -> Record | None:
        """Dovecot says what it did with a message; the record it belongs to, if that is known yet."""
        session = event.fields.get("session", "")
        place = self._confirmed.get(session) or self._confirmed.get(session.partition(":")[0])
        if place is None:
            return self._save_early(number, event, session)
        record = self._index.get(place[0])
        if record is not None:
            record.add_line(number, event)
            _note(record, event, place[1])
        return record

    def _save_early(self, number: int, event: Event, session: str) -> Record | None:
        record = self._index.get(self._by_message_id.get(event.fields.get("msgid", "")) or "")
        if session:
            early = self._early.get(session)
            if early is None:
                self._early.put(session, early := [])
            if len(early) < MAX_EARLY:
                early.append((number, event, record))
        if record is not None:
            record.add_line(number, event)
            _note(record, event, event.fields.get("user", ""))
        return record


def _note(record: Record, event: Event, to: str) -> None:
    """Where the message lies now; the last word counts, since a script may store it elsewhere."""
    recipient = record.by_address.get(to)
    if recipient is not None and event.event == "saved":
        recipient.mailbox = event.fields.get("mailbox", "")
