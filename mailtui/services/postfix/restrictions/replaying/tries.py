"""What clients asked for, recipient by recipient, out of the log: taken mail as its story tells, the rest as refused.

A recipient is what the client wrote: ``orig_to`` where an alias made another address of it (postfix-logwatch(1)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailtui.maillog.model import NOQUEUE, Event, Story
from mailtui.maillog.stories import StoryBook
from mailtui.services.postfix.restrictions.replaying.model import Try

_OPEN = 20_000
"""Messages that may be under way at once."""


def tries(events: Iterable[Event]) -> Iterator[Try]:
    """Every recipient of every client in these lines; not quite in the order of time."""
    ended: list[Story] = []
    book = StoryBook(_OPEN, leaving=ended.append)
    for event in events:
        if event.event == "reject" and event.queue_id in (NOQUEUE, "") and event.fields.get("stage") == "RCPT":
            yield _refused(event)
        else:
            book.add(event)
        while ended:
            yield from _of_story(ended.pop())
    for key in book.keys():  # noqa: SIM118 - no mapping
        if story := book.story(key):
            yield from _of_story(story)


def _refused(event: Event) -> Try:
    fields = event.fields
    reply = " ".join(filter(None, (fields.get("code"), fields.get("dsn"), fields.get("reason"))))
    return Try(
        event.time or 0.0,
        "",
        fields.get("client", ""),
        fields.get("helo", ""),
        fields.get("from", ""),
        fields.get("to", ""),
        fields.get("sasl_username", ""),
        "rejected",
        reply,
    )


def _of_story(story: Story) -> Iterator[Try]:
    """The recipients of a message that came from a client over the network."""
    if "[" not in story.client or story.parents:
        return
    for recipient in story.recipients:
        yield Try(
            story.arrived or 0.0,
            story.queue_ids[0] if story.queue_ids else "",
            story.client,
            "",
            story.sender or "",
            recipient.orig_to or recipient.to,
            story.sasl_username,
            recipient.status,
            recipient.reason,
        )
