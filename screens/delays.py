"""Postfix's ``delays=a/b/c/d`` in words. Source: postconf(5) ``delay_logging_resolution_limit``, smtp(8)."""

from __future__ import annotations

from mailtui.maillog.model import Attempt
from mailtui.text import human_duration

STAGES = ("before the queue manager", "in the queue", "setting up the connection", "sending")
WORTH_A_WORD = 1.0
"""Seconds below which nobody asks where the time went."""
VERDICTS = (
    "it came in slowly, or waited in a milter or content check",
    "it waited in the queue: for its turn, or for the next retry",
    "DNS, connecting, HELO or TLS was slow",
    "the other side took it slowly",
)


def delays_in_words(attempt: Attempt) -> tuple[str, ...]:
    """One line with the parts, and, when it took long, one that says what was slow."""
    total = f"{human_duration(attempt.delay)} in all"
    if attempt.delays is None:
        return (total,)
    parts = ", ".join(
        f"{human_duration(seconds)} {stage}" for seconds, stage in zip(attempt.delays, STAGES, strict=True) if seconds
    )
    lines = (f"{total}: {parts}" if parts else total,)
    longest = max(range(4), key=attempt.delays.__getitem__)
    if attempt.delay < WORTH_A_WORD or attempt.delays[longest] < attempt.delay / 2:
        return lines
    return (*lines, f"→ {VERDICTS[longest]}")
