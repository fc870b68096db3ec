"""Findings as lines to read: what is wrong, on what evidence, what to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from mailtui.findings import Finding


def finding_lines(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Each in a few lines, with the command that would mend it."""
    lines: list[str] = []
    for finding in findings:
        lines += [f"{finding.severity}: {finding.subject}: {finding.title}"]
        lines += [f"  {text}" for text in finding.evidence]
        lines += filter(None, (finding.advice, shlex.join(finding.fix)))
        lines += [" "]
    return tuple(lines[:-1])
