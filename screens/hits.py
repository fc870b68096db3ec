"""What an incident hit: its lines, those of one message together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from mailtui.maillog.model import NOQUEUE, Event, LineRef
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, clock
from mailtui.text import clean

COLUMNS = (
    Column("time", "Last", 9),
    Column("tries", "Tries", 5, right=True),
    Column("queue_id", "Queue ID", 16),
    Column("recipient", "Recipient", 24, grow=1),
    Column("reason", "What was said", 10, grow=3),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One message, or one line that belongs to none."""

    key: str
    queue_id: str
    recipient: str
    address: str
    """The recipient as it was before any table was asked; ``""`` where the line names none."""
    reason: str
    time: float | None
    tries: int
    line: LineRef


def hits(events: Sequence[Event]) -> tuple[Hit, ...]:
    """The hits of ``events`` (oldest first), newest first."""
    found: dict[str, Hit] = {}
    for event in events:
        hit = _hit(event)
        known = found.pop(hit.key, None)
        found[hit.key] = replace(hit, tries=known.tries + 1) if known else hit
    return tuple(reversed(found.values()))


def _hit(event: Event) -> Hit:
    queue_id = "" if event.queue_id == NOQUEUE else event.queue_id
    recipient = event.fields.get("to", "") or event.fields.get("user", "")
    key = f"{queue_id} {recipient}" if queue_id else f"{event.source}:{event.offset}"
    line = LineRef(event.source, event.offset, event.text)
    told = ("orig_to", "to", "key") if event.event == "map-nesting" else ("orig_to", "to")
    address = next((event.fields[name] for name in told if event.fields.get(name)), "")
    return Hit(key, queue_id, recipient, address, event.fields.get("reason", "") or event.text, event.time, 1, line)


class HitTable(LineTable):
    """One row a hit."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, empty="… looking for its lines")

    def show(self, found: Sequence[Hit], now: float) -> None:
        """Show these, in this order."""
        self.say_when_empty("Its lines have left the part of the log that is kept at hand.")
        self.update_rows([_row(hit, now) for hit in found])


def _row(hit: Hit, now: float) -> TableRow:
    return TableRow(
        hit.key,
        (
            Content(clock(hit.time, now)),
            Content.styled(str(hit.tries), MUTED),
            Content(clean(hit.queue_id) or "–"),
            Content(clean(hit.recipient)),
            Content.styled(clean(hit.reason), MUTED),
        ),
    )
