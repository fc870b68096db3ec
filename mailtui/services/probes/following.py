"""A message followed in the log, from the way in to the mailbox, the bounce, or the end of patience."""

from __future__ import annotations

import time
from collections.abc import Callable

from mailtui.maillog.model import LineRef, Recipient, Story
from mailtui.maillog.stories import StoryBook
from mailtui.services.probes.joined import LogMark
from mailtui.services.probes.model import Attempt, Verdict
from mailtui.text import clean, human_duration

_TICK = 0.2
_AFTER = 2.0
"""Seconds that Dovecot's own line may come after Postfix's."""
_ENDED = frozenset({"delivered", "bounced", "expired", "rejected", "held", "discarded", "mixed"})
_VERDICTS: dict[str, Verdict] = {"delivered": "accepted", "deferred": "temporary", "queued": "temporary"}
_OUTCOMES = {
    "delivered": "delivered",
    "deferred": "deferred: it is tried again later",
    "queued": "still on its way when patience ended",
    "bounced": "bounced",
    "expired": "given up",
    "rejected": "rejected",
    "held": "held: mailtui queue release lets it go on",
    "discarded": "thrown away by a rule",
    "mixed": "delivered to some and not to others",
}


def follow(mark: LogMark, message_id: str, patience: float, told: Callable[[str], None] | None = None) -> Story | None:
    """The message's story as it stands when it has ended, or after ``patience`` seconds; None for no line at all.

    ``told`` hears the outcome each time it changes.
    """
    deadline, last = time.monotonic() + patience, ""
    while True:
        story = _story(mark, message_id)
        if story is not None and story.outcome != last:
            last = story.outcome
            if told:
                told(_OUTCOMES.get(last, last))
        now = time.monotonic()
        if (story is not None and _complete(story)) or now >= deadline:
            return story
        if story is not None and story.outcome in _ENDED:
            deadline = min(deadline, now + _AFTER)
        time.sleep(_TICK)


def of_story(story: Story | None, seconds: float) -> Attempt:
    """What became of it, as an attempt like the others."""
    if story is None:
        return Attempt("the log", "silent", "no line of the log tells of the message")
    facts = [fact for one in story.recipients for fact in _facts(one)]
    facts += [f"the sender was told: {queue_id}" for queue_id in story.bounces]
    lines = tuple(LineRef(line.source, line.offset, clean(line.text)) for line in story.lines)
    reply = next((clean(one.reason) for one in reversed(story.recipients) if one.reason), "")
    return Attempt(
        " → ".join(map(clean, story.queue_ids)) or "the log",
        _VERDICTS.get(story.outcome, "refused"),
        _OUTCOMES.get(story.outcome, story.outcome),
        reply,
        facts=tuple(facts),
        lines=lines,
        seconds=seconds,
    )


def _complete(story: Story) -> bool:
    """Whether nothing more is to come: a delivery to Dovecot is told by both."""
    if story.outcome == "delivered":
        return all(one.mailbox or "dovecot" not in one.relay for one in story.recipients)
    return story.outcome in _ENDED and (bool(story.bounces) or story.outcome != "bounced")


def _facts(one: Recipient) -> list[str]:
    name = f"{clean(one.to)} (from {clean(one.orig_to)})" if one.orig_to and one.orig_to != one.to else clean(one.to)
    facts = [f"{name}: {one.status} {one.dsn} by {clean(one.relay)}"]
    if one.mailbox:
        facts.append(f"Dovecot saved it in {clean(one.mailbox)}")
    if one.verdict:
        facts.append(f"that means: {one.verdict.meaning}")
    if one.attempts:
        facts.append(f"it took {human_duration(one.attempts[-1].delay)}")
    return facts


def _story(mark: LogMark, message_id: str) -> Story | None:
    book = StoryBook()
    for line in sorted(mark.lines(), key=lambda one: one.event.time or 0.0):
        book.add(line.event)
    stories = filter(None, map(book.story, book.keys()))
    return next((one for one in stories if any(message_id in name for name in one.message_ids)), None)
