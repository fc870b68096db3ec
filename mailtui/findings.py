"""Finding: what a check has to say. Every check of every service says the same, so that one list can show all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "notice", "ok"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice", "ok")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or right. All text is cleaned for display."""

    id: str
    """Stable for the same thing about the same subject, so that it can be acknowledged."""
    severity: Severity
    area: str
    """What ``mailtui check --only`` names: ``services system dns queue logs configuration maps certificates tls …``."""
    subject: str
    """The table, mailbox, certificate or parameter it is about."""
    title: str
    """What is wrong, in a line."""
    evidence: tuple[str, ...] = ()
    """What was seen: file, line, value, expected value."""
    advice: str = ""
    """What to do."""
    fix: tuple[str, ...] = ()
    """The mailtui command that would mend it; empty where there is none."""


def worst(findings: Sequence[Finding]) -> Severity:
    """The gravest severity among findings; ``ok`` for none."""
    return min((finding.severity for finding in findings), key=SEVERITIES.index, default="ok")
