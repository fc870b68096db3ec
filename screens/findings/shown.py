"""Which findings are shown, and what a filter may ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailtui.filters import EVERYTHING, Filter
from mailtui.findings import Finding
from mailtui.services.checks.attention import Known, Memory, news

PROBLEMS = frozenset({"error", "warning"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What the operator wants to see."""

    where: Filter = EVERYTHING
    problems_only: bool = False
    known_too: bool = False

    def __call__(self, findings: Sequence[Finding], memory: Memory, now: float) -> list[Finding]:
        """Those to show, in their order."""
        return [
            one
            for one in findings
            if (self.known_too or not covering(one, memory.known, now))
            and (not self.problems_only or one.severity in PROBLEMS)
            and (not self.where or self.where.matches(fields(one, memory)))
        ]


def covering(finding: Finding, known: Mapping[str, Known], now: float) -> Known | None:
    """The note that was taken of a finding, where it still counts."""
    one = known.get(finding.id)
    return one if one is not None and one.covers(finding, now) else None


def fields(finding: Finding, memory: Memory) -> dict[str, str | tuple[str, ...]]:
    """What the filter language can ask of a finding."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "area": finding.area,
        "subject": finding.subject,
        "title": finding.title,
        "news": news(memory, finding),
        "text": (finding.subject, finding.title, finding.advice, *finding.evidence),
    }
