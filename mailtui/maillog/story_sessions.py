"""What a Postfix process says without a queue ID, joined to the message it serves.

An smtpd process serves one session at a time, from ``connect`` to ``disconnect``, and names the message with
``client=``; what it says before (TLS, a slow name lookup) belongs to the next message, what comes later to the last.
A delivery agent says before the status line to whom it could not connect and how it encrypted (Postfix's own
``auxiliary/collate`` does the same).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailtui.maillog.model import NOQUEUE, Event
from mailtui.maillog.story_links import Links

ARRIVAL = frozenset({"smtpd", "qmqpd"})
DELIVERY = frozenset({"smtp", "lmtp", "relay"})
MAX_WAITING = 20
"""Lines kept for a message that is still to come; a session that says more is no mail client."""

Numbered = tuple[int, Event]
Process = tuple[str, str, int | None]


@dataclass(slots=True)
class Session:
    """One process, since its client came or its last delivery ended."""

    waiting: list[Numbered] = field(default_factory=list)
    queue_id: str = ""
    """The message served now."""
    arrival: Event | None = None
    """``client=`` without a queue file: a filter is asked first (smtpd_proxy_filter)."""


class Sessions:
    """The processes at work; the longest silent ones are forgotten."""

    def __init__(self, most: int) -> None:
        self._sessions: Links[Process, Session] = Links(most)

    def hear(self, number: int, event: Event) -> str:
        """Take in a line without queue ID; the queue ID of the message it belongs to, or ``""`` while there is none."""
        process = (event.host, event.program, event.pid)
        if event.event == "connect":
            self._sessions.put(process, Session([(number, event)]))
            return ""
        session = self._sessions.get(process)
        if event.event == "disconnect":
            self._sessions.pop(process)
            return session.queue_id if session else ""
        if session is None:
            session = Session()
            self._sessions.put(process, session)
        if event.queue_id == NOQUEUE and event.event == "client":
            session.arrival = event
            session.queue_id = ""
        if session.queue_id:
            return session.queue_id
        if len(session.waiting) < MAX_WAITING:
            session.waiting.append((number, event))
        return ""

    def serve(self, event: Event, *, stays: bool) -> list[Numbered]:
        """The process names a message: what it said before. ``stays`` when what it says next belongs to it, too."""
        process = (event.host, event.program, event.pid)
        session = self._sessions.get(process)
        if session is None:
            if stays:
                self._sessions.put(process, Session(queue_id=event.queue_id))
            return []
        waiting, session.waiting = session.waiting, []
        session.queue_id = event.queue_id if stays else ""
        return waiting

    def proxied(self, event: Event, queue_id: str) -> tuple[Event | None, list[Numbered]]:
        """The filter took the message over as ``queue_id``: who had sent it, and what was said."""
        session = self._sessions.get((event.host, event.program, event.pid))
        if session is None:
            return None, []
        arrival, session.arrival = session.arrival, None
        waiting, session.waiting = session.waiting, []
        session.queue_id = queue_id
        return arrival, waiting
