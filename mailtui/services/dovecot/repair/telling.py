"""The proof of a repair in lines for people, the same on the command line and in the console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mailtui.changes.history import Change
from mailtui.services.dovecot.repair.action import NAME
from mailtui.services.dovecot.repair.order import Order

_ROW = "  {:<28} {:>14} {:>14}  {}"


def proof_lines(change: Change) -> Iterator[str]:
    """What each mailbox of a repair held before and after it; nothing for any other change."""
    for record in change.steps:
        memory: Mapping[str, Any] = record.outcome.memory if record.outcome else {}
        if record.step.action == NAME and memory.get("proof"):
            yield Order.read(record.step.arguments).label
            yield _ROW.format("", "before", "after", "").rstrip()
            for row in memory["proof"]:
                told = "LOST" if row["lost"] else ""
                yield _ROW.format(row["what"], row["before"], row["after"], told).rstrip()
