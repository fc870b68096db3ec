"""A message's story for reading and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailtui.text import human_duration, human_size, iso, local

if TYPE_CHECKING:
    from mailtui.cli.output import Output
    from mailtui.maillog.model import Attempt, LineRef, Recipient, Story

INDENT = 14
_DELAY_WORDS = ("before the queue manager", "in the queue manager", "connecting", "sending")
_OUTCOME_STYLES = {
    "delivered": ("bold", "green"),
    "deferred": ("bold", "yellow"),
    "held": ("bold", "yellow"),
    "mixed": ("bold", "yellow"),
    "bounced": ("bold", "red"),
    "expired": ("bold", "red"),
    "rejected": ("bold", "red"),
}


def time_json(time: float | None) -> str | None:
    """ISO 8601, or nothing."""
    return None if time is None else iso(time)


def line_json(line: LineRef) -> dict[str, object]:
    """Where a line stands, and the line."""
    return {"source": line.source, "offset": line.offset, "text": line.text}


def story_json(story: Story) -> dict[str, object]:
    """``story`` under the log's own names."""
    return {
        "queue_ids": story.queue_ids,
        "message_ids": story.message_ids,
        "host": story.host,
        "instance": story.instance,
        "from": story.sender,
        "size": story.size,
        "client": story.client,
        "sasl_username": story.sasl_username,
        "arrived": time_json(story.arrived),
        "ended": time_json(story.ended),
        "outcome": story.outcome,
        "recipients": [_recipient_json(recipient) for recipient in story.recipients],
        "bounces": story.bounces,
        "parents": story.parents,
        "lines": [line_json(line) for line in story.lines],
    }


def _recipient_json(recipient: Recipient) -> dict[str, object]:
    verdict = recipient.verdict
    return {
        "to": recipient.to,
        "orig_to": recipient.orig_to,
        "status": recipient.status,
        "dsn": recipient.dsn,
        "relay": recipient.relay,
        "reason": recipient.reason,
        "cause": verdict.cause if verdict else None,
        "who": verdict.who if verdict else None,
        "action": verdict.action if verdict else None,
        "mailbox": recipient.mailbox,
        "attempts": [_attempt_json(attempt) for attempt in recipient.attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, object]:
    return {
        "time": iso(attempt.time),
        "status": attempt.status,
        "dsn": attempt.dsn,
        "relay": attempt.relay,
        "delay": attempt.delay,
        "delays": attempt.delays,
        "tls": attempt.tls,
        "reason": attempt.reason,
        "conn_use": attempt.conn_use,
    }


def print_story(story: Story, output: Output) -> None:
    """``story`` as an operator tells it: envelope, what became of each recipient, and the lines."""
    outcome = output.styled(story.outcome, *_OUTCOME_STYLES.get(story.outcome, ("bold",)))
    arrived = f"  {local(story.arrived)}" if story.arrived is not None else ""
    output.line(output.styled(" ".join(story.queue_ids) or story.key, "bold"), "  ", outcome, arrived)
    for name, text in _envelope(story):
        _print_field(output, name, text)
    for recipient in story.recipients:
        _print_recipient(recipient, output)
    for line in story.lines:
        output.line("  ", output.styled(line.text, "dim"))


def _print_field(output: Output, name: str, text: str) -> None:
    for line in output.wrapped(text, INDENT, f"  {name}"):
        output.line(line)


def _envelope(story: Story) -> Iterator[tuple[str, str]]:
    sender = "not in this log" if story.sender is None else f"<{story.sender}>"
    size = "" if story.size is None else f", {human_size(story.size)}"
    yield "from", sender + size
    client = story.client + (f", logged in as {story.sasl_username}" if story.sasl_username else "")
    named = {
        "client": client,
        "message-id": " ".join(story.message_ids),
        "came from": " ".join(story.parents),
        "bounces": " ".join(story.bounces),
    }
    yield from ((name, text) for name, text in named.items() if text)


def _print_recipient(recipient: Recipient, output: Output) -> None:
    was = f" (was {recipient.orig_to})" if recipient.orig_to else ""
    output.line()
    _print_field(output, "to", f"<{recipient.to}>{was}")
    for name, text in _recipient_fields(recipient):
        _print_field(output, name, text)


def _recipient_fields(recipient: Recipient) -> Iterator[tuple[str, str]]:
    place = f" in {recipient.mailbox}" if recipient.mailbox else ""
    relay = f" by {recipient.relay}" if recipient.relay else ""
    yield "status", " ".join(filter(None, (recipient.status, recipient.dsn))) + relay + place
    if recipient.attempts:
        yield "attempts", _attempts(recipient.attempts)
    if recipient.reason:
        yield "reason", recipient.reason
    if recipient.verdict:
        yield "cause", f"{recipient.verdict.meaning} ({recipient.verdict.cause})"
        yield "do", f"{recipient.verdict.who}: {recipient.verdict.action}"


def _attempts(attempts: tuple[Attempt, ...]) -> str:
    last = attempts[-1]
    count = f"{len(attempts)}, last " if len(attempts) > 1 else ""
    words = f"{count}{local(last.time)} after {human_duration(last.delay)}"
    if not last.delays:
        return words
    longest = max(range(4), key=last.delays.__getitem__)
    spent = last.delays[longest]
    return f"{words}, {human_duration(spent)} of it {_DELAY_WORDS[longest]}" if spent >= 1 else words
