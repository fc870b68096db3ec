"""What the list of findings asks of the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailtui.changes.plan import Plan
from mailtui.findings import Finding
from mailtui.services.checks.attention import Memory
from mailtui.services.checks.model import Report


class ChecksPort(Protocol):
    """Every check there is."""

    def run(self) -> Report:
        """Look at everything; takes seconds."""


class AttentionPort(Protocol):
    """What the operator has taken note of."""

    def memory(self) -> Memory:
        """All of it."""

    def acknowledge(self, finding: Finding, *, until: float | None = None, note: str = "") -> None:
        """Take note of a finding."""

    def forget(self, finding_id: str) -> None:
        """Show it again."""


class MendingPort(Protocol):
    """From a finding to the plan that mends it."""

    def can(self, fix: Sequence[str]) -> bool:
        """Whether there is one."""

    def plan(self, fix: Sequence[str]) -> Plan:
        """Make it."""

    def afterwards(self, done: Plan) -> Plan | None:
        """What tries the mail that waited for it; None where none did."""

    def plan_of(self, fixes: Sequence[Sequence[str]]) -> Plan:
        """One for several findings."""
