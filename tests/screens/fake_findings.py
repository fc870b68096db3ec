"""Findings for the console's tests, and what is done about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailtui.changes.plan import Plan, Step
from mailtui.findings import Finding
from mailtui.services.checks.attention import Known, Memory
from mailtui.services.checks.model import Report
from mailtui.services.debugging.deadlines import Temporary

STALE = Finding(
    "map.stale:hash:/etc/postfix/virtual",
    "warning",
    "maps",
    "hash:/etc/postfix/virtual",
    "was not compiled since its last change",
    ("/etc/postfix/virtual.db is older than /etc/postfix/virtual",),
    "Compile it.",
    ("mailtui", "map", "build", "/etc/postfix/virtual"),
)
DOWN = Finding(
    "service.down:Dovecot",
    "error",
    "services",
    "Dovecot",
    "does not run",
    ("no process",),
    "Start it: systemctl start dovecot",
)
EVIL = Finding("log.x", "notice", "logs", "evil [/x] \x1b[2J\u202e", "told [bold]", (), "")


@dataclass
class FakeChecks:
    found: tuple[Finding, ...] = (DOWN, STALE, EVIL)
    runs: int = 0
    time: float = 0.0

    def run(self) -> Report:
        self.runs += 1
        return Report(self.found, ("a", "b"), (), 0.25, time=self.time)


@dataclass
class FakeAttention:
    known: dict[str, Known] = field(default_factory=dict)

    def memory(self) -> Memory:
        return Memory(dict(self.known), {})

    def acknowledge(self, finding: Finding, *, until: float | None = None, note: str = "") -> None:
        self.known[finding.id] = Known(finding.severity, finding.title, "ann", time.time(), until, note)

    def forget(self, finding_id: str) -> None:
        del self.known[finding_id]


@dataclass
class FakeMending:
    made: list[tuple[str, ...]] = field(default_factory=list)
    waiting: Plan | None = None
    refused: set[tuple[str, ...]] = field(default_factory=set)

    def can(self, fix: Sequence[str]) -> bool:
        return bool(fix) and tuple(fix) not in self.refused

    def plan(self, fix: Sequence[str]) -> Plan:
        return self.plan_of([fix])

    def afterwards(self, done: Plan) -> Plan | None:
        return self.waiting

    def plan_of(self, fixes: Sequence[Sequence[str]]) -> Plan:
        self.made += map(tuple, fixes)
        return Plan("Compile it", (Step("map-save", {}, "compile it"),))


@dataclass
class FakeDeadlines:
    value: Temporary = field(default_factory=Temporary)

    def look(self) -> Temporary:
        return self.value
