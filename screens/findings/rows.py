"""Findings as rows, and the line above them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mailtui.findings import Finding
from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, clock, counted
from mailtui.services.checks.model import Report
from mailtui.text import clean

COLUMNS = (
    Column("severity", "", 1),
    Column("area", "Area", 12),
    Column("subject", "What", 20, grow=2),
    Column("title", "Finding", 24, grow=3),
    Column("note", "", 12, only_from=100),
)


def row(finding: Finding, *, quiet: bool) -> TableRow:
    """One finding; one that is quiet is told softly."""
    style = MUTED if quiet else SEVERITY_STYLE[finding.severity]
    return TableRow(
        finding.id,
        (
            Content.styled(SEVERITY_MARK[finding.severity], style),
            Content.styled(clean(finding.area), MUTED),
            Content.styled(clean(finding.subject), MUTED if quiet else ""),
            Content.styled(clean(finding.title), style),
            Content.styled("acknowledged" if quiet else "", MUTED),
        ),
    )


def summary(report: Report, shown: Sequence[Finding], quiet: int, now: float, *, problems_only: bool) -> Content:
    """How many are shown and why not more, ``quiet`` of them; how many checks had an answer, and when."""
    words = [counted(len(shown), "finding")]
    if problems_only:
        words.append("only problems (! shows all)")
    if quiet:
        words.append(f"{quiet} acknowledged (. shows them)")
    done, of = len(report.checked), len(report.checked) + len(report.unchecked)
    at = f" at {clock(report.time, now)}" if report.time else ""
    words.append(f"{done} of {of} checks{at}, {report.seconds:.1f} s")
    wrong = any(one.severity in ("error", "warning") for one in shown)
    return Content.styled("   ".join(words), "$text-warning" if wrong else MUTED)
