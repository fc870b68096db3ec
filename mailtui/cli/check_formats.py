"""What a check found, for monitoring: Nagios' plugin output and Prometheus' text format.

Monitoring Plugins Development Guidelines, "Plugin Output"; Prometheus, "Exposition formats".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailtui.findings import SEVERITIES, worst

if TYPE_CHECKING:
    from mailtui.cli.output import Output
    from mailtui.findings import Finding
    from mailtui.services.checks.model import Report

_STATES = {"error": ("CRITICAL", 2), "warning": ("WARNING", 1), "notice": ("OK", 0), "ok": ("OK", 0)}
_UNKNOWN = ("UNKNOWN", 3)
_NAMED = 3


def nagios(report: Report, findings: Sequence[Finding], output: Output) -> int:
    """One line with performance data, then a line for each finding; the exit status is Nagios'."""
    wrong = [one for one in findings if one.severity in ("error", "warning")]
    word, code = _STATES[worst(findings)] if report.checked else _UNKNOWN
    named = "; ".join(f"{one.subject}: {one.title}" for one in wrong[:_NAMED]) or "nothing found"
    more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
    counts = _counts(findings)
    numbers = " ".join(f"{severity}s={counts[severity]}" for severity in SEVERITIES[:3])
    output.line(f"MAIL {word} - {_unbarred(named)}{more} | {numbers} seconds={report.seconds:.2f}s")
    for one in wrong:
        output.line(_unbarred(f"{one.severity}: {one.subject}: {one.title}"))
    return code


def prometheus(report: Report, findings: Sequence[Finding], output: Output) -> int:
    """Gauges: one for each finding, their numbers, what was not checked, and how long it took."""
    counts = Counter((one.severity, one.area) for one in findings)
    areas = sorted({*report.areas, *(one.area for one in findings)})
    output.line("# HELP mailtui_findings Findings by severity and area.\n# TYPE mailtui_findings gauge")
    for severity in SEVERITIES[:3]:
        for area in areas:
            output.line(f"mailtui_findings{_labels(severity=severity, area=area)} {counts[severity, area]}")
    output.line("# HELP mailtui_finding A finding that is there now.\n# TYPE mailtui_finding gauge")
    for one in findings:
        labels = _labels(id=one.id, severity=one.severity, area=one.area, subject=one.subject, title=one.title)
        output.line(f"mailtui_finding{labels} 1")
    output.line("# HELP mailtui_unchecked Checks that had no answer.\n# TYPE mailtui_unchecked gauge")
    output.line(f"mailtui_unchecked {len(report.unchecked)}")
    output.line("# HELP mailtui_check_seconds How long the checks took.\n# TYPE mailtui_check_seconds gauge")
    output.line(f"mailtui_check_seconds {report.seconds:.3f}")
    return 0


def _counts(findings: Sequence[Finding]) -> Counter[str]:
    return Counter(one.severity for one in findings)


def _unbarred(text: str) -> str:
    """Nagios takes what follows a bar for performance data."""
    return text.replace("|", "¦")


def _labels(**labels: str) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
