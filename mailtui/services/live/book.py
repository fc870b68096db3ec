"""One reading of the log: what its events add up to."""

from __future__ import annotations

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUED_AS
from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.model import STRANGE, UNPARSED, Event, Story
from mailtui.maillog.stories import StoryBook
from mailtui.services.live.rates import BOUNCED, DEFERRED, DELIVERED, REJECTED, Rates

MAX_STORIES = 1_000
"""Messages kept in memory, whatever the pace; older ones are read from the log again when asked for."""

CLOCK_SLACK = 3600.0
"""Seconds a line may lie in the future before its time is taken for a clock fault and not counted."""

_REFUSALS = frozenset({"reject", "milter-reject", "proxy-reject", "ps-reject"})
_STATUSES = {
    "sent": DELIVERED,
    "deferred": DEFERRED,
    "softbounce": DEFERRED,
    "bounced": BOUNCED,
    "expired": BOUNCED,
}


class LogBook:
    """Stories, incidents and rates of the events fed so far, in their order."""

    def __init__(self) -> None:
        self.stories = StoryBook(max_stories=MAX_STORIES)
        self.incidents = IncidentBook()
        self.rates = Rates()
        self.lines = 0
        self.unparsed = 0
        self.strange = 0
        self.first_time: float | None = None
        """Time of the first line with a readable header."""

    def feed(self, event: Event, now: float) -> None:
        """Take in one event; ``now`` guards the rates against clock faults."""
        self.lines += 1
        self.strange += event.event in STRANGE
        if event.event == UNPARSED:
            self.unparsed += 1
            return
        if self.first_time is None and event.time is not None:
            self.first_time = event.time
        key = self.stories.add(event)
        self._count(event, key, now)
        self.incidents.add(event)

    def story(self, name: str) -> Story | None:
        """The story with this key, or the latest one of this queue ID."""
        keys = self.stories.find(name)
        return self.stories.story(keys[-1] if keys else name)

    def _count(self, event: Event, key: str | None, now: float) -> None:
        if event.time is None or event.time > now + CLOCK_SLACK:
            return
        if event.event == "delivery":
            kind = _STATUSES.get(event.fields.get("status", "").lower())
            if kind is not None and not (kind == DELIVERED and self._stays_here(event.fields.get("reason", ""), key)):
                self.rates.add(event.time, kind)
        elif event.event in _REFUSALS:
            self.rates.add(event.time, REJECTED, int(event.fields.get("repeated", "1")))
        elif event.event == "expired" and event.daemon != "postsuper":
            self.rates.add(event.time, BOUNCED, self._given_up(key))

    def _given_up(self, key: str | None) -> int:
        """The recipients that the queue manager gave up at once; one where none is known."""
        story = self.stories.story(key) if key else None
        statuses = [recipient.status for recipient in story.recipients] if story else []
        return max(statuses.count("expired"), 1)

    def _stays_here(self, reply: str, key: str | None) -> bool:
        """Whether a ``sent`` only handed the message on inside this machine: a forward, a content filter."""
        if FORWARDED.match(reply):
            return True
        queued = QUEUED_AS.search(reply)
        return queued is not None and key in self.stories.find(queued["child"])
