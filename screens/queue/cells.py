"""A message of the queue in one row: the columns, and what each says. Narrow terminals get the columns that decide."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from mailtui.screens.widgets import Column
from mailtui.screens.words import MUTED
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.text import human_duration, human_size

COLUMNS = (
    Column("state", "", 1),
    Column("queue_id", "Queue ID", 15),
    Column("age", "Age", 5, right=True),
    Column("message_size", "Size", 6, right=True),
    Column("sender", "Sender", 12, grow=2),
    Column("recipient", "Recipients", 12, grow=2),
    Column("reason", "Reason", 12, grow=4),
    Column("sasl_username", "User", 10, grow=1, only_from=140),
    Column("attempts", "Tries", 5, right=True, only_from=96),
    Column("next_attempt", "Next try", 8, right=True, only_from=96),
)
"""Named as the field of the filter language that each is ordered by."""

STATES = {
    "incoming": ("←", MUTED),
    "active": ("→", "$text-success"),
    "deferred": ("▲", "$text-warning"),
    "hold": ("=", "$text-accent"),
    "maildrop": ("·", MUTED),
    "corrupt": ("✖", "bold $text-error"),
}
"""Mark and style of each queue; a colour never stands alone, and in ASCII the marks still differ."""
GONE = ("–", MUTED)


def cells(entry: QueueEntry, now: float, *, gone: bool = False) -> tuple[Content, ...]:
    """What the columns say of ``entry``; all of it muted once it has left the queue."""
    mark, style = GONE if gone else STATES.get(entry.queue_name, ("?", ""))
    return (
        Content.styled(mark, style),
        *(Content.styled(said(entry, now), MUTED if gone else how) for said, how in _SAID),
    )


def sender(entry: QueueEntry, _now: float = 0.0) -> str:
    """The envelope sender; ``<>`` is a notification's."""
    return entry.sender or "<>"


def recipients(entry: QueueEntry, _now: float = 0.0) -> str:
    """The first recipient, behind the number of all where there are more; the end of a cell may be cut off."""
    number = f"({len(entry.recipients)}) " if len(entry.recipients) > 1 else ""
    return f"{number}{entry.recipients[0].address}" if entry.recipients else "–"


def reason(entry: QueueEntry, _now: float = 0.0) -> str:
    """What the last attempt met: its cause in a few words, then what was said."""
    said = entry.reason
    if entry.forced_expire:
        said = f"returned at the next attempt; {said}" if said else "returned at the next attempt"
    return f"{entry.cause}: {said}" if entry.cause and said else entry.cause or said


def short(seconds: float) -> str:
    """The largest unit: ``3d``."""
    return human_duration(max(0.0, seconds) if seconds >= 1 else 0.0).split(" ")[0]


def _next(entry: QueueEntry, now: float) -> str:
    if entry.next_attempt is None:
        return {"hold": "never", "active": "now"}.get(entry.queue_name, "–")
    return f"in {short(entry.next_attempt - now)}" if entry.next_attempt > now else "due"


_SAID: tuple[tuple[Callable[[QueueEntry, float], str], str], ...] = (
    (lambda entry, now: entry.queue_id, ""),
    (lambda entry, now: short(now - entry.arrival_time), ""),
    (lambda entry, now: human_size(entry.message_size).replace(" ", ""), MUTED),
    (sender, ""),
    (recipients, ""),
    (reason, MUTED),
    (lambda entry, now: entry.sasl_username, MUTED),
    (lambda entry, now: "–" if entry.attempts is None else str(entry.attempts), MUTED),
    (_next, MUTED),
)
