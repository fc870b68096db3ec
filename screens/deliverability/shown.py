"""Findings and records as rows and lines."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.content import Content

from mailtui.findings import SEVERITIES, Finding
from mailtui.screens.base import Copyable
from mailtui.screens.finding_lines import finding_lines
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


Page = Literal["findings", "records"]
PAGES: tuple[Page, ...] = ("findings", "records")


@dataclass(slots=True)
class Shown:
    """What is known of a domain, and what of it the operator wants to see."""

    page: Page = "findings"
    problems_only: bool = False
    report: Report | None = None
    records: tuple[Wanted, ...] | None = None

    def keep(self, found: Report | tuple[Wanted, ...]) -> None:
        """Take what the DNS was asked for."""
        if isinstance(found, Report):
            self.report = found
        else:
            self.records = found

    def forget(self) -> None:
        """It is of another domain."""
        self.report = self.records = None

    @property
    def is_known(self) -> bool:
        """Whether the page has been asked for."""
        return (self.report if self.page == "findings" else self.records) is not None

    def rows(self, page: Page) -> list[TableRow]:
        """Of one page, those that are wanted."""
        if page == "records":
            wanted = [one for one in self.records or () if not self.problems_only or one.state in UNDONE]
            return [TableRow(key_of(one), _record(one)) for one in wanted]
        findings = self.report.findings if self.report else ()
        shown = [one for one in findings if not self.problems_only or one.severity in PROBLEMS]
        return [TableRow(one.id, _finding(one)) for one in shown]

    def finding(self, key: str | None) -> Finding | None:
        """The one of that row."""
        findings = self.report.findings if self.report and self.page == "findings" else ()
        return next((one for one in findings if one.id == key), None)

    def record(self, key: str | None) -> Wanted | None:
        """The one of that row."""
        records = self.records if self.records and self.page == "records" else ()
        return next((one for one in records if key_of(one) == key), None)

    def copyables(self, key: str | None) -> Sequence[Copyable]:
        """What of that row can be copied."""
        record, finding = self.record(key), self.finding(key)
        if record is not None:
            line, value, name = record.line, record.value, record.name
            return (Copyable("zone file line", line), Copyable("value", value), Copyable("name", name))
        if finding is not None:
            return (Copyable("finding", "\n".join(finding_lines([finding]))), Copyable("subject", finding.subject))
        return ()

    def saveable(self, keys: Container[str]) -> tuple[str, str]:
        """The rows of the page that have these keys."""
        if self.page == "records":
            return "records", "\n".join(one.line for one in self.records or () if key_of(one) in keys)
        findings = self.report.findings if self.report else ()
        return "deliverability", "\n".join(finding_lines([one for one in findings if one.id in keys]))

    def summary(self, domain: str) -> Content:
        """How it stands with a domain, in a line."""
        parts = [Content.styled(clean(domain), "bold")]
        if self.page == "findings" and self.report is not None:
            report = self.report
            numbers = [(name, sum(one.severity == name for one in report.findings)) for name in SEVERITIES]
            told = [Content.styled(f"{SEVERITY_MARK[name]} {count}", SEVERITY_STYLE[name]) for name, count in numbers]
            parts += [*told, Content.styled(f"{counted(len(report.checked), 'check')}, {report.seconds:.1f} s", MUTED)]
        elif self.page == "records" and self.records is not None:
            there = sum(one.state == "published" for one in self.records)
            parts.append(Content.styled(f"{there} of {counted(len(self.records), 'record')} published", MUTED))
        return Content("   ").join(parts)


def key_of(record: Wanted) -> str:
    """What names a record among all of them."""
    return f"{record.name} {record.type} {record.value}"


def record_lines(record: Wanted) -> tuple[str, ...]:
    """All about one, its line for a zone file first."""
    found = [f"there is: {clean(text)}" for text in record.found]
    file = [" ", *map(clean, record.file.splitlines())] if record.file else []
    return (clean(record.line), " ", f"{record.state}: {clean(record.why)}", *found, *file)


def _finding(one: Finding) -> tuple[Content, ...]:
    return (
        Content.styled(SEVERITY_MARK[one.severity], SEVERITY_STYLE[one.severity]),
        Content(clean(one.subject)),
        Content.styled(clean(one.title), SEVERITY_STYLE[one.severity]),
    )


def _record(one: Wanted) -> tuple[Content, ...]:
    severity = _SEVERITY[one.state]
    return (
        Content.styled(SEVERITY_MARK[severity], SEVERITY_STYLE[severity]),
        Content(clean(one.name)),
        Content.styled(one.type, MUTED),
        Content(clean(one.value)),
        Content.styled(one.state, MUTED),
    )
