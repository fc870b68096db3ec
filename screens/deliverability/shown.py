"""Findings and records as rows and lines."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from mailtui.findings import SEVERITIES, Finding
from mailtui.screens.widgets import Column, TableRow
from mailtui.screens.words import MUTED, SEVERITY_MARK, SEVERITY_STYLE, counted
from mailtui.services.checks.model import Report
from mailtui.services.dns.publishing.model import Wanted
from mailtui.text import clean

FINDINGS = (
    Column("severity", "", 1),
    Column("subject", "What", 18, grow=2),
    Column("title", "Finding", 24, grow=4),
)
RECORDS = (
    Column("state", "", 1),
    Column("name", "Name", 20, grow=2),
    Column("type", "Type", 5),
    Column("value", "Value", 20, grow=3),
    Column("told", "", 10, only_from=70),
)
_SEVERITY = {"published": "ok", "missing": "error", "differs": "warning", "unknown": "unknown"}
PROBLEMS = frozenset({"error", "warning"})
UNDONE = frozenset({"missing", "differs"})


def finding_rows(findings: Sequence[Finding], *, problems_only: bool) -> list[TableRow]:
    """One a finding."""
    wanted = [one for one in findings if not problems_only or one.severity in PROBLEMS]
    return [
        TableRow(
            one.id,
            (
                Content.styled(SEVERITY_MARK[one.severity], SEVERITY_STYLE[one.severity]),
                Content(clean(one.subject)),
                Content.styled(clean(one.title), SEVERITY_STYLE[one.severity]),
            ),
        )
        for one in wanted
    ]


def record_rows(records: Sequence[Wanted], *, problems_only: bool) -> list[TableRow]:
    """One a record."""
    return [TableRow(key_of(one), _cells(one)) for one in records if not problems_only or one.state in UNDONE]


def key_of(record: Wanted) -> str:
    """What names a record among all of them."""
    return f"{record.name} {record.type} {record.value}"


def record_lines(record: Wanted) -> tuple[str, ...]:
    """All about one, its line for a zone file first."""
    found = [f"there is: {clean(text)}" for text in record.found]
    file = [" ", *map(clean, record.file.splitlines())] if record.file else []
    return (clean(record.line), " ", f"{record.state}: {clean(record.why)}", *found, *file)


def summary(domain: str, report: Report | None, records: Sequence[Wanted] | None, page: str) -> Content:
    """How it stands with a domain, in a line."""
    parts = [Content.styled(clean(domain), "bold")]
    if page == "findings" and report is not None:
        numbers = [(name, sum(one.severity == name for one in report.findings)) for name in SEVERITIES]
        told = [Content.styled(f"{SEVERITY_MARK[name]} {number}", SEVERITY_STYLE[name]) for name, number in numbers]
        parts += [*told, Content.styled(f"{counted(len(report.checked), 'check')}, {report.seconds:.1f} s", MUTED)]
    elif page == "records" and records is not None:
        there = sum(one.state == "published" for one in records)
        parts.append(Content.styled(f"{there} of {counted(len(records), 'record')} published", MUTED))
    return Content("   ").join(parts)


def _cells(one: Wanted) -> tuple[Content, ...]:
    severity = _SEVERITY[one.state]
    return (
        Content.styled(SEVERITY_MARK[severity], SEVERITY_STYLE[severity]),
        Content(clean(one.name)),
        Content.styled(one.type, MUTED),
        Content(clean(one.value)),
        Content.styled(one.state, MUTED),
    )
