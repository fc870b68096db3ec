"""Findings on the command line: what is wrong, on what evidence, and what to do."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailtui.findings import SEVERITIES

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.findings import Finding

_STYLES = {"error": "red", "warning": "yellow", "notice": "cyan", "ok": "green"}
_INDENT = 8


def print_findings(findings: Sequence[Finding], args: argparse.Namespace, context: Context) -> int:
    """Print them, the gravest first; the exit status is 1 where one is more than a notice."""
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    if args.json:
        context.output.json([finding_json(finding) for finding in ordered])
    else:
        for finding in ordered:
            print_finding(finding, context.output)
        if not ordered:
            context.output.note("nothing found")
    return 1 if any(finding.severity in ("error", "warning") for finding in ordered) else 0


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding under the names every command uses."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "area": finding.area,
        "subject": finding.subject,
        "title": finding.title,
        "evidence": list(finding.evidence),
        "advice": finding.advice,
        "fix": shlex.join(finding.fix) or None,
    }


def print_finding(finding: Finding, output: Output) -> None:
    """One of them, with its evidence and what to do."""
    severity = output.styled(f"{finding.severity:<7}", _STYLES[finding.severity])
    output.line(f"{severity} {finding.subject}: {finding.title}")
    for evidence in finding.evidence:
        output.line(output.styled(f"{'':{_INDENT}}{evidence}", "dim"))
    for line in output.wrapped(finding.advice, _INDENT, ""):
        output.line(line)
    if finding.fix:
        output.line(f"{'':{_INDENT}}{shlex.join(finding.fix)}")
