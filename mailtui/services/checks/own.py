"""mailtui's own affairs, as findings: changes that were interrupted, and those that have outlived their time."""

from __future__ import annotations

from mailtui.changes.changes import Changes
from mailtui.findings import Finding


def interrupted(changes: Changes) -> tuple[Finding, ...]:
    """Changes that nobody ends any more."""
    return tuple(
        Finding(
            f"change.interrupted:{change.id}",
            "error",
            "changes",
            change.id,
            "was begun and never ended",
            (change.plan.title,),
            change.recovery,
            ("mailtui", "undo", change.id),
        )
        for change in changes.interrupted()
    )
