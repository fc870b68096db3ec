"""The story of a message as rows: outcome, recipients with cause and next action, timeline, raw lines.

Pure: a story and what is known about its causes in, rows out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mailtui.maillog.model import Attempt, Recipient, Story
from mailtui.screens.delays import delays_in_words
from mailtui.screens.story_page import Page, Piece, Row, wrapped
from mailtui.screens.story_recipients import recipient_rows
from mailtui.screens.words import (
    MUTED,
    OUTCOME_SEVERITY,
    SEVERITY_MARK,
    SEVERITY_ORDER,
    SEVERITY_STYLE,
    clock,
    counted,
)
from mailtui.text import clean, human_duration, human_size

LABEL = 11


def story_rows(story: Story, page: Page) -> tuple[Row, ...]:
    """The whole page."""
    return (
        *_head(story, page),
        Row(),
        _title(counted(len(story.recipients), "Recipient")),
        *(row for recipient in story.recipients for row in recipient_rows(recipient, page)),
        Row(),
        _title("Timeline"),
        *_timeline(story, page),
        Row(),
        _title(counted(len(story.lines), "Log line")),
        *_raw(story),
    )


def outcome_pieces(story: Story) -> tuple[Piece, ...]:
    """The outcome with its mark and colour; ``1 bounced, 1 sent`` where recipients fared differently."""
    severity, words = OUTCOME_SEVERITY.get(story.outcome, "unknown"), story.outcome
    if story.outcome == "mixed" and story.recipients:
        statuses = Counter(recipient.status for recipient in story.recipients)
        worst_first = sorted(statuses, key=_badness)
        severity = OUTCOME_SEVERITY.get(worst_first[0], "unknown")
        words = ", ".join(f"{statuses[status]} {status}" for status in worst_first)
    return ((f"{SEVERITY_MARK[severity]} {words}", SEVERITY_STYLE[severity]),)


def _badness(status: str) -> int:
    return SEVERITY_ORDER.get(OUTCOME_SEVERITY.get(status, ""), len(SEVERITY_ORDER))


def sender_text(sender: str | None) -> str:
    """The envelope sender as an operator says it."""
    if sender is None:
        return "not seen"
    return clean(sender) or "<> (a notification)"


def _title(text: str) -> Row:
    return Row(((text, f"bold {MUTED}"),))


def _head(story: Story, page: Page) -> Iterator[Row]:
    size = f"   {human_size(story.size)}" if story.size is not None else ""
    yield Row(
        (
            *outcome_pieces(story),
            (f"   {' → '.join(map(clean, story.queue_ids))}", "bold"),
            (size, MUTED),
        )
    )
    login = f"   logged in as {clean(story.sasl_username)}" if story.sasl_username else ""
    yield _fact("From", f"{sender_text(story.sender)}{login}")
    yield _fact("Client", clean(story.client) or "not seen")
    yield _fact("Arrived", _when(story, page))
    for message_id in story.message_ids:
        yield _fact("Message-ID", clean(message_id))
    if story.parents:
        yield _fact("Caused by", ", ".join(map(clean, story.parents)))
    if story.bounces:
        yield _fact("Bounce", f"notified with {', '.join(map(clean, story.bounces))}")


def _fact(label: str, text: str) -> Row:
    return Row(((label.ljust(LABEL), MUTED), (text, "")))


def _when(story: Story, page: Page) -> str:
    if story.arrived is None:
        return "before the log begins"
    arrived = clock(story.arrived, page.now)
    if story.ended is None:
        return f"{arrived}, still in the queue after {human_duration(max(0.0, page.now - story.arrived))}"
    return f"{arrived}, done {human_duration(max(0.0, story.ended - story.arrived))} later"


def _timeline(story: Story, page: Page) -> Iterator[Row]:
    if story.arrived is not None:
        origin = f" from {clean(story.client)}" if story.client else ""
        yield Row(((f"{clock(story.arrived, page.now):<10}", MUTED), (f"arrived{origin}", "")))
    attempts = [(attempt, recipient) for recipient in story.recipients for attempt in recipient.attempts]
    for attempt, recipient in sorted(attempts, key=lambda pair: pair[0].time):
        yield from _attempt(attempt, recipient, page)
    if story.ended is not None:
        yield Row(((f"{clock(story.ended, page.now):<10}", MUTED), ("left the queue", "")))


def _attempt(attempt: Attempt, recipient: Recipient, page: Page) -> Iterator[Row]:
    severity = OUTCOME_SEVERITY.get(attempt.status, "unknown")
    relay = f" at {clean(attempt.relay)}" if attempt.relay not in ("", "none") else ""
    tls = f", TLS {clean(attempt.tls)}" if attempt.tls else ""
    yield Row(
        (
            (f"{clock(attempt.time, page.now):<10}", MUTED),
            (f"{attempt.status} {clean(attempt.dsn)}", SEVERITY_STYLE[severity]),
            (f" {clean(recipient.to)}{relay}{tls}", ""),
        ),
        attempt.line,
        failed=severity in ("error", "warning"),
    )
    for text in delays_in_words(attempt):
        for part in wrapped(text, page.width - 10):
            yield Row(((" " * 10 + part, MUTED),), attempt.line)


def _raw(story: Story) -> Iterator[Row]:
    failures = {
        (attempt.line.source, attempt.line.offset)
        for recipient in story.recipients
        for attempt in recipient.attempts
        if OUTCOME_SEVERITY.get(attempt.status) in ("error", "warning")
    }
    for line in story.lines:
        failed = (line.source, line.offset) in failures
        style = SEVERITY_STYLE["error"] if failed else ""
        yield Row(((clean(line.text), style),), line, raw=True, failed=failed)
