"""The stories of a query: a queue ID, a Message-ID or an address."""

from __future__ import annotations

from collections.abc import Iterable

from mailtui.maillog.model import Event, Story
from mailtui.maillog.stories import StoryBook


def trace(events: Iterable[Event], query: str) -> list[Story]:
    """The stories that ``query`` names, oldest first."""
    book = StoryBook(max_stories=1_000_000)
    for event in events:
        book.add(event)
    stories = map(book.story, book.keys())
    return [story for story in stories if story and concerns(story, query)]


def concerns(story: Story, query: str) -> bool:
    """Whether a story is about a queue ID, Message-ID or address (letter case of queue IDs matters)."""
    if query in story.queue_ids or query in story.bounces or query in story.parents:
        return True
    wanted = query.strip("<>").lower()
    names = [*story.message_ids, story.sender or "", story.sasl_username]
    names += [name for recipient in story.recipients for name in (recipient.to, recipient.orig_to)]
    return any(name.strip("<>").lower() == wanted for name in names if name)
