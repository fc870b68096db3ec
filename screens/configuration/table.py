"""How the list of parameters looks: its columns, a row, and the line above it."""

from __future__ import annotations

from textual.content import Content

from mailtui.findings import worst
from mailtui.screens.configuration.rows import Entry, Shown
from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.services.configuration.service import Reading

COLUMNS = (
    Column("severity", "", 1),
    Column("program", "Of", 7),
    Column("name", "Parameter", 26, grow=2),
    Column("value", "Value", 20, grow=3),
    Column("about", "What it is", 30, grow=2, only_from=110),
)


def summary(reading: Reading | None, shown: Shown, count: int) -> Content:
    """How many are shown, and how many of all have something wrong with them."""
    if reading is None:
        return Content.styled("… reading", MUTED)
    if reading.problems:
        return Content.styled("   ".join(reading.problems), "$text-error")
    wrong = [one for one in reading.findings if one.severity in ("error", "warning")]
    words = [counted(count, "row") if shown.problems_only else counted(count, "parameter")]
    words.append(counted(len(wrong), "problem") if wrong else "nothing wrong")
    if not shown.every and not shown.problems_only:
        words.append(". shows those at their default, too")
    return Content.styled("   ".join(words), "$text-warning" if wrong else MUTED)


def row(entry: Entry) -> TableRow:
    """One parameter, or what is wrong with something else."""
    severity = worst(entry.findings)
    style = SEVERITY_STYLE[severity] if entry.findings else ""
    one = entry.parameter
    value = one.value if one else entry.findings[0].title
    about = entry.findings[0].title if entry.findings else one.about if one else ""
    return TableRow(
        entry.key,
        (
            Content.styled(SEVERITY_MARK[severity] if entry.findings else " ", style),
            Content.styled(entry.program, MUTED),
            Content.styled(entry.name, style or ("" if one and one.written is not None else MUTED)),
            Content.styled(value, "bold" if one and one.changed else ""),
            Content.styled(about, style or MUTED),
        ),
    )
