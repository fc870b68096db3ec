"""One message, one story: events joined across queue IDs, content filters, forwards, bounces, requeues and Dovecot.

Who reads what: ``story_arrival`` up to the queue, ``story_delivery`` out of it, ``story_ending`` where it ends; they
ask ``story_lives`` which message a line is about. ``story_sessions`` joins what processes say without a queue ID.
"""

from __future__ import annotations

from collections.abc import Callable

from mailtui.maillog.model import Event, Story
from mailtui.maillog.story_arrival import Arrival
from mailtui.maillog.story_delivery import Delivery
from mailtui.maillog.story_ending import Ending
from mailtui.maillog.story_links import links_for
from mailtui.maillog.story_lives import SILENT, Lives
from mailtui.maillog.story_saves import Saves
from mailtui.maillog.story_sessions import ARRIVAL, DELIVERY, Sessions


class StoryBook:
    """The stories of the events added so far; at most ``max_stories``, ended ones leave first, through ``leaving``."""

    def __init__(self, max_stories: int = 50_000, leaving: Callable[[Story], None] | None = None) -> None:
        self._lives = Lives(max_stories, leaving)
        sessions, saves = Sessions(links_for(max_stories)), Saves(self._lives.index, links_for(max_stories))
        arrival = Arrival(self._lives, sessions, saves)
        self._hear = arrival.hear
        self._readers = {
            **arrival.readers(),
            **Delivery(self._lives, sessions, saves).readers(),
            **Ending(self._lives).readers(),
        }

    def add(self, event: Event) -> str | None:
        """Take in one event; the key of the story it belongs to, if it belongs to one."""
        lives = self._lives
        lives.number += 1
        reader = self._readers.get(event.event)
        if reader is not None:
            record = reader(event)
        elif event.queue_id not in SILENT:
            record = lives.index.of_event(event)
            if record is not None:
                record.add_line(lives.number, event)
        elif event.daemon in ARRIVAL or event.daemon in DELIVERY:
            record = self._hear(event)
        else:
            return None
        return record.key if record is not None else None

    def story(self, key: str) -> Story | None:
        """The story with this key, as it stands now."""
        record = self._lives.index.get(key) or self._lives.refused.get(key)
        return record.snapshot() if record else None

    def find(self, queue_id: str) -> list[str]:
        """Keys of the stories a queue ID belongs to, oldest first."""
        return self._lives.index.find(queue_id)

    def keys(self) -> list[str]:
        """All keys, refused mail last."""
        return self._lives.index.keys() + self._lives.refused.keys()
