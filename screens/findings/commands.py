"""The actions of the list of findings."""

from __future__ import annotations

from mailtui.screens.commands import Command

MEND = Command(
    "finding.mend", "R", "screen.mend", "Repair …", "The plan that mends it.", footer="Repair", dangerous=True
)
FINDINGS = (
    Command(
        "list.problems",
        "exclamation_mark",
        "screen.problems",
        "Only problems",
        "Leave out notices; again for everything.",
        footer="Problems",
    ),
    MEND,
    Command(
        "finding.acknowledge",
        "A",
        "screen.acknowledge",
        "Acknowledge …",
        "Do not tell of it for some time, or while it stays what it is; on an acknowledged one: tell again.",
        footer="Acknowledge",
    ),
    Command(
        "finding.known", "full_stop", "screen.known", "Acknowledged, too", "Show what was acknowledged; again: hide it."
    ),
)
