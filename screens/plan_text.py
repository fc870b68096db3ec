"""Plans and receipts as the console shows them."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from mailtui.changes.telling import Kind, Line

_STYLES: dict[Kind, str] = {
    "step": "bold",
    "command": "$text-accent",
    "added": "$text-success",
    "removed": "$text-error",
    "hunk": "$text-accent",
    "risk": "$text-warning",
    "undo": "$text-muted",
    "good": "bold $text-success",
    "fair": "bold $text-warning",
    "bad": "bold $text-error",
}
_FLUSH = frozenset({"step", "good", "fair", "bad"})


def told(lines: Iterable[Line]) -> Content:
    """The lines under each other, each as what it is."""
    return Content("\n").join(
        Content.styled(line.text if line.kind in _FLUSH else f"  {line.text}", _STYLES.get(line.kind, ""))
        for line in lines
    )
