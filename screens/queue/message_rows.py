"""A queued message as rows to read: why it is here, envelope, headers, text. Pure, and all of it somebody's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailtui.screens.queue.cells import STATES
from mailtui.screens.story_page import INDENT, Row, wrapped
from mailtui.screens.words import MUTED, SEVERITY_STYLE, counted
from mailtui.services.postfix.queue.model import QueueEntry, QueueMessage
from mailtui.text import clean, clean_lines, human_size, local

MOST_RECIPIENTS = 50
"""Recipients that are listed; a message may have thousands."""
MOST_LINES = 2000
"""Lines of the text that are shown."""
LABEL = 18


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of the message so far, and how to lay it out."""

    entry: QueueEntry
    why: str
    width: int
    message: QueueMessage | None = None
    trouble: str = ""
    """Why its queue file could not be read, and what would help."""
    raw: bool = False
    """Headers as they stand instead of decoded."""


def message_rows(reading: Reading) -> tuple[Row, ...]:
    """The whole page."""
    return (
        *_state(reading),
        Row(),
        *_section("Why is it here, and when is it tried again"),
        *_prose(reading.why, reading.width),
        Row(),
        *_recipients(reading),
        *_file(reading),
    )


def _state(reading: Reading) -> Iterator[Row]:
    entry = reading.entry
    mark, style = STATES.get(entry.queue_name, ("?", ""))
    arrived = f"arrived {local(entry.arrival_time)}, {human_size(entry.message_size)}"
    yield Row((("  ", ""), (f"{mark} {entry.queue_name}", style), (f"  {arrived}", MUTED)))
    facts = (
        ("from", entry.sender or "<> (a notification)"),
        ("client", entry.client),
        ("login", entry.sasl_username),
        ("message-id", entry.message_id),
    )
    yield from _pairs((name, value) for name, value in facts if value)


def _recipients(reading: Reading) -> Iterator[Row]:
    found = reading.entry.recipients
    yield from _section(counted(len(found), "recipient waits", "recipients wait"))
    for recipient in found[:MOST_RECIPIENTS]:
        yield Row(((f"{INDENT}{clean(recipient.address)}", ""),), failed=bool(recipient.delay_reason))
        for line in wrapped(clean(recipient.delay_reason), reading.width - len(INDENT)):
            yield Row(((f"{INDENT}{INDENT}{line}", MUTED),))
    if len(found) > MOST_RECIPIENTS:
        yield Row(((f"{INDENT}and {len(found) - MOST_RECIPIENTS:,} more", MUTED),))


def _file(reading: Reading) -> Iterator[Row]:
    """What stands in the queue file."""
    yield Row()
    message = reading.message
    if message is None:
        text = reading.trouble or "… reading the queue file"
        style = SEVERITY_STYLE["error" if reading.trouble else "notice"]
        yield from (Row(((f"{INDENT}{line}", style),)) for line in wrapped(clean(text), reading.width))
        return
    for problem in message.problems:
        yield Row(((f"  ▲ {clean(problem)}", SEVERITY_STYLE["warning"]),), failed=True)
    yield from _section("Headers as they stand" if reading.raw else "Headers")
    yield from _pairs(message.headers if reading.raw else message.decoded)
    yield Row()
    yield from _section("Text")
    yield from _text(message)
    yield Row()
    yield from _section("Envelope")
    yield from _pairs(message.envelope)


def _text(message: QueueMessage) -> Iterator[Row]:
    lines = clean_lines(message.body).split("\n")
    yield from (Row(((f"{INDENT}{line}", ""),)) for line in lines[:MOST_LINES])
    for part in message.attachments:
        yield Row(((f"{INDENT}+ {clean(part.type)}  {clean(part.name)}  {human_size(part.size)}", MUTED),))
    if message.truncated or len(lines) > MOST_LINES:
        yield Row(((f"{INDENT}… it is longer than what is shown", SEVERITY_STYLE["warning"]),))


def _pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[Row]:
    for name, value in pairs:
        yield Row(((f"{INDENT}{clean(name):<{LABEL}} ", MUTED), (clean(value), "")))


def _prose(text: str, width: int) -> Iterator[Row]:
    return (Row(((f"{INDENT}{line}", ""),)) for line in wrapped(clean(text), width))


def _section(text: str) -> Iterator[Row]:
    yield Row(((f"  {text}", "bold $text-primary"),))
