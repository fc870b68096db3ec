"""Log excerpts as an operator would paste them, and the events in them."""

from __future__ import annotations

from mailtui.maillog.model import Event, Story
from mailtui.maillog.parser import Parser
from mailtui.maillog.stories import StoryBook


def events(text: str, source: str = "mail.log") -> list[Event]:
    """The events of an excerpt; lines without a date get one."""
    parser = Parser(source, now=1_800_000_000.0)
    found, offset = [], 0
    for line in text.strip().splitlines():
        full = line if line[:3] in ("Mar", "Apr", "202") else f"Mar  3 10:00:00 mx1 {line}"
        found.append(parser.parse(full.encode(), offset))
        offset += len(full) + 1
    return found


def told(text: str) -> list[Story]:
    """The stories of an excerpt, oldest first."""
    book = StoryBook()
    for event in events(text):
        book.add(event)
    return [story for story in map(book.story, book.keys()) if story]
