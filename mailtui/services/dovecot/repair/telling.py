"""A repair in lines for people: the ladder before it, the proof after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mailtui.changes.history import Change
from mailtui.services.dovecot.repair.action import NAME
from mailtui.services.dovecot.repair.choosing import Choice
from mailtui.services.dovecot.repair.ladder import ladder
from mailtui.services.dovecot.repair.order import Order

_ROW = "  {:<28} {:>14} {:>14}  {}"


def ladder_lines(mailbox_format: str, choices: Sequence[Choice]) -> Iterator[str]:
    """What is wrong and what is taken against it; then every rung there is for the format, those marked."""
    for choice in choices:
        yield f"{choice.damage.title}: {choice.damage.evidence}"
        yield f"  → {choice.rung.title}" if choice.rung else f"  not to be mended here: {choice.why_not}"
    yield ""
    chosen = {choice.rung.name for choice in choices if choice.rung}
    for rung in ladder():
        if rung.suits(mailbox_format):
            yield f"{'→' if rung.name in chosen else ' '} {rung.title}"
            yield f"    costs {rung.costs[mailbox_format]}; sessions {rung.sessions}"


def proof_lines(change: Change) -> Iterator[str]:
    """What each mailbox of a repair held before and after it; nothing for any other change."""
    for record in change.steps:
        memory: Mapping[str, Any] = record.outcome.memory if record.outcome else {}
        if record.step.action == NAME and memory.get("proof"):
            lost = sum(row["lost"] for row in memory["proof"])
            yield f"{Order.read(record.step.arguments).label}: " + ("LOST" if lost else "nothing got less")
            yield _ROW.format("", "before", "after", "").rstrip()
            for row in memory["proof"]:
                mark = "LOST" if row["lost"] else ""
                yield _ROW.format(row["what"], row["before"], row["after"], mark).rstrip()
