"""One reading of the log: what its events add up to."""

from __future__ import annotations

from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.model import UNPARSED, Event, Story
from mailtui.maillog.stories import StoryBook
from mailtui.services.live.rates import BOUNCED, DEFERRED, DELIVERED, REJECTED, Rates

MAX_STORIES = 10_000
"""Messages kept in memory; older ones are read from the log again when asked for."""

CLOCK_SLACK = 3600.0
"""Seconds a line may lie in the future before its time is taken for a clock fault and not counted."""


class LogBook:
    """Stories, incidents and rates of the events fed so far, in their order."""

    def __init__(self) -> None:
        self.stories = StoryBook(max_stories=MAX_STORIES)
        self.incidents = IncidentBook()
        self.rates = Rates()
        self.lines = 0
        self.unparsed = 0
        self.first_time: float | None = None

    def feed(self, event: Event, now: float) -> None:
        """Take in one event; ``now`` guards the rates against clock faults."""
        self.lines += 1
        if event.event == UNPARSED:
            self.unparsed += 1
            return
        if self.first_time is None:
            self.first_time = event.time
        self._count(event, now)
        key = self.stories.add(event)
        self.incidents.add(event, self._failed(event, key))

    def story(self, name: str) -> Story | None:
        """The story with this key, or the latest one of this queue ID."""
        keys = self.stories.find(name) or [name]
        return self.stories.story(keys[-1])

    def _failed(self, event: Event, key: str | None) -> Story | None:
        """The story an incident needs beside a failing event; none for the many that succeed."""
        if key is None or event.event not in _FAILURES or event.fields.get("status") == "sent":
            return None
        return self.stories.story(key)

    def _count(self, event: Event, now: float) -> None:
        if event.time is None or event.time > now + CLOCK_SLACK:
            return
        kind = _KINDS.get(event.event)
        if event.event == "delivery":
            kind = _STATUSES.get(event.fields["status"])
            if kind == DELIVERED and self._handed_on(event.fields.get("reason", "")):
                return
        if kind is not None:
            self.rates.add(event.time, kind)

    def _handed_on(self, reason: str) -> bool:
        """Whether a ``sent`` only passed the message on inside this machine (forward, content filter)."""
        if reason.startswith("forwarded as "):
            return True
        _, found, rest = reason.rpartition("queued as ")
        return bool(found) and bool(
            self.stories.find(rest.rstrip(")").split()[0] if rest.strip(") ") else "")
        )


_FAILURES = frozenset({"delivery", "expired", "reject", "milter-reject"})
_KINDS = {"reject": REJECTED, "milter-reject": REJECTED, "ps-reject": REJECTED, "expired": BOUNCED}
_STATUSES = {"sent": DELIVERED, "deferred": DEFERRED, "bounced": BOUNCED}
