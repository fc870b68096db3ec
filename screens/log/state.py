"""The line above the log: where you stand, whether it follows, what keeps lines out."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from mailtui.screens.words import MUTED, count, counted
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class State:
    """What is told."""

    title: str = ""
    older: bool = False
    position: int = 0
    """Row of the cursor, from 1."""
    rows: int = 0
    lines_known: bool = True
    """Whether older lines are all counted."""
    counted_share: float = 1.0
    following: bool = False
    paused: bool = False
    new: int = 0
    """Rows that came since following was stopped."""
    filters: tuple[tuple[str, bool], ...] = ()
    """Text, and whether it is on."""
    searched: int | None = None
    """Lines gone through by a filter that is still at work."""
    full: bool = False
    window: str = ""
    search: str = ""
    busy: str = ""
    """What is being done right now."""


def state_line(state: State) -> Content:
    """Name, place, following."""
    if not state.title:
        return Content(f"… {state.busy}" if state.busy else "no log")
    total = count(state.rows) if state.lines_known else f"{count(state.rows)}+ ({state.counted_share:.0%} counted)"
    parts = [
        Content.assemble(
            (state.title, "bold"), (" older file" if state.older else "", "$text-warning"), f" {count(state.position)}",
            (f" of {total}", MUTED),
        ),
        _following(state),
    ]  # fmt: skip
    if state.busy:
        parts.append(Content.styled(f"… {state.busy}", "$text-warning"))
    if state.window:
        parts.append(Content(state.window))
    if state.search:
        parts.append(Content.assemble("/", (clean(state.search), "$text-accent")))
    return Content("  ").join(parts)


def _following(state: State) -> Content:
    if state.paused:
        return Content.styled("PAUSED", "bold $text-warning")
    if state.older:
        return Content.styled("closed", MUTED)
    if state.following:
        return Content.styled("● following", "$text-success")
    new = f" +{count(state.new)} new" if state.new else ""
    return Content.assemble(("○ not following", MUTED), (new, "bold $text-warning"), (" G resumes", MUTED))


def filter_line(state: State) -> Content:
    """The filters one behind the other, and what they have found."""
    if not state.filters:
        return Content.empty()
    parts = [
        Content.assemble(("● " if on else "○ ", "$text-success" if on else MUTED), (clean(text), "" if on else MUTED))
        for text, on in state.filters
    ]
    if any(on for _, on in state.filters):
        found = counted(state.rows, "line")
        if state.full:
            found += ", the newest; older ones are left out"
        if state.searched is not None:
            found += f" so far, {count(state.searched)} searched"
        parts.append(Content.styled(found, MUTED))
    return Content("  ").join(parts)
