"""How a message ends or is stopped: removed, given up, refused, held, discarded; and the notice to its sender."""

from __future__ import annotations

from mailtui.maillog.model import Event
from mailtui.maillog.story_lives import SILENT, Lives, Reader
from mailtui.maillog.story_record import Record

_WHOLE_MESSAGE = frozenset({"DATA", "END-OF-MESSAGE", "BDAT"})


class Ending:
    """Reads the lines that close a queue ID's life or set it aside."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives

    def readers(self) -> dict[str, Reader]:
        """By event."""
        return {
            "removed": self._remove,
            "canceled": self._cancel,
            "expired": self._expire,
            "notification": self._notify,
            "released": self._marking(""),
            **dict.fromkeys(("held", "hold", "milter-hold"), self._marking("held")),
            **dict.fromkeys(("discard", "milter-discard"), self._marking("discarded")),
            **dict.fromkeys(("reject", "milter-reject", "proxy-reject"), self._refuse),
        }

    def _remove(self, event: Event) -> Record:
        record = self._lives.of(event)
        if event.daemon == "postsuper":
            record.close("deleted")
        self._lives.index.end(record, event)
        return record

    def _cancel(self, event: Event) -> Record:
        record = self._lives.of(event)
        record.state = record.state or "discarded"
        self._lives.index.end(record, event)
        return record

    def _expire(self, event: Event) -> Record:
        """The queue manager gives up: no line per recipient follows. postsuper only marks the message."""
        record = self._lives.of(event)
        if event.daemon != "postsuper":
            record.close("expired")
        return record

    def _notify(self, event: Event) -> Record:
        record = self._lives.of(event)
        child = event.fields.get("child", "")
        if child and child not in record.bounces:
            record.bounces.append(child)
            self._lives.notify(event, child, record)
        return record

    def _marking(self, state: str) -> Reader:
        def mark(event: Event) -> Record | None:
            if event.queue_id in SILENT:
                return None
            record = self._lives.of(event)
            record.state = state
            return record

        return mark

    def _refuse(self, event: Event) -> Record:
        """Before there is a queue file a refusal is a story of its own; later it is a recipient's or the message's."""
        fields = event.fields
        if event.queue_id in SILENT:
            record = self._lives.refuse(event)
            record.arrived = record.ended = event.time
            record.sender, record.client = fields.get("from"), fields.get("client", "")
            record.sasl_username = fields.get("sasl_username", "")
            record.state = "rejected"
        else:
            record = self._lives.of(event)
            if fields.get("part") or fields.get("stage") in _WHOLE_MESSAGE:
                record.state = "rejected"
                self._lives.index.end(record, event)
        recipient = record.recipient(fields.get("to", ""), "")
        if recipient is not None:
            recipient.try_with(event, "rejected")
        return record
