"""The table of changes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mailtui.changes.history import Change
from mailtui.screens.widgets import Column, LineTable, TableRow
from mailtui.screens.words import MUTED, count
from mailtui.text import clean, local

COLUMNS = (
    Column("state", "", 13),
    Column("time", "When", 16),
    Column("done", "Done", 6, right=True),
    Column("title", "What", 20, grow=3),
    Column("who", "Who", 12),
    Column("id", "Name", 13, only_from=100),
    Column("undo", "Undo", 20, grow=1, only_from=120),
)
STATES = {
    "running": ("…", "$text-accent"),
    "interrupted": ("✖", "bold $text-error"),
    "applied": ("✔", "$text-success"),
    "partly": ("▲", "$text-warning"),
    "failed": ("✖", "$text-error"),
    "nothing": ("·", MUTED),
    "undone": ("←", MUTED),
}
"""A mark and a colour for each state."""


class ChangeTable(LineTable):
    """One row a change."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, empty="… reading the journal")

    def show(self, changes: Sequence[Change]) -> None:
        """Show these, in this order."""
        self.say_when_empty("Nothing has been changed with mailtui yet.")
        self.update_rows([_row(change) for change in changes])


def _row(change: Change) -> TableRow:
    mark, style = STATES[change.state]
    undo = change.undoable or "u undoes it"
    return TableRow(
        change.id,
        (
            Content.styled(f"{mark} {change.state}", style),
            Content(local(change.time)[:16]),
            Content(count(len(change.done))),
            Content(clean(change.plan.title)),
            Content.styled(clean(change.who), MUTED),
            Content.styled(clean(change.id), MUTED),
            Content.styled(clean("u ends it" if change.interrupted else undo), MUTED),
        ),
    )
