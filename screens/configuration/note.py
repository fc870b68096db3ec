"""A parameter in full, as lines to read."""

from __future__ import annotations

from mailtui.screens.configuration.rows import Entry
from mailtui.screens.finding_lines import finding_lines


def note_lines(entry: Entry, about: str) -> tuple[str, ...]:
    """What is wrong, what holds and what is written where, and the manual."""
    lines = list(finding_lines(entry.findings))
    one = entry.parameter
    if one is not None:
        lines += [" "] if lines else []
        lines.append(f"value    {one.value or '(empty)'}")
        if one.written is not None:
            lines += [f"written  {one.written or '(empty)'}", f"in       {one.place}"]
        lines.append(f"default  {one.default or '(empty)'}")
    for paragraph in about.split("\n\n") if about else ():
        lines += [" ", paragraph]
    return tuple(lines)
