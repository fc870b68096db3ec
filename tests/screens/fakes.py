"""Services with a fixed story to tell: a machine on which mail to one domain fails."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailtui.host.tools import ToolResult
from mailtui.maillog.model import Event, Incident, Recipient, Story
from mailtui.screens.identity import Identity
from mailtui.services.explain import Explanation
from mailtui.services.live.model import LiveSnapshot, Minute, SourceState
from mailtui.services.logs import LogSource
from mailtui.services.pulse_model import (
    CertificateState,
    DiskState,
    PulseSnapshot,
    QueueState,
    ResolverState,
    ServiceState,
)
from tests.screens.fake_addresses import FakeResolver
from tests.screens.fake_certificates import FakeAudit, FakeDeploy, FakeListeners, FakeRenewal, FakeServing
from tests.screens.fake_changes import FakeChanges
from tests.screens.fake_configuration import FakeConfiguration
from tests.screens.fake_deliverability import FakeDeliverability
from tests.screens.fake_findings import FakeAttention, FakeChecks, FakeDeadlines, FakeMending
from tests.screens.fake_mailboxes import FakeMailboxes
from tests.screens.fake_maps import FakeMapPlans, FakeMaps
from tests.screens.fake_probes import FakeAuthResults, FakePeople, FakeProbes
from tests.screens.fake_queue import FakePlans, FakeQueue
from tests.screens.fake_rules import FakeRestrictions
from tests.screens.fake_stories import (
    BOUNCE_LINES,
    GREYLISTED,
    HOSTILE,
    INCIDENT_EVENTS,
    LOG,
    NOW,
    UNKNOWN_USER,
    bounce_story,
)
from tests.screens.fake_visitors import FakeVisitors
from tests.support.tools import RecordedTools

GB = 1 << 30
IDENTITY = Identity("mx1.example.org", "root", True)


def incidents() -> tuple[Incident, ...]:
    """What fails: one thing of ours, one of others, one that passes; the third tries to break the terminal."""
    return (
        Incident(
            "unknown-user:shop.example",
            UNKNOWN_USER.cause,
            "User unknown in virtual alias table: shop.example",
            "us / sender",
            UNKNOWN_USER.action,
            "error",
            12,
            12,
            9,
            NOW - 2700,
            NOW - 68,
            BOUNCE_LINES[6:7],
            tuple(e.queue_id for e in INCIDENT_EVENTS),
        ),
        Incident(
            "tls:mx.bank.example",
            "TLS required but not offered",
            "mx.bank.example offers no STARTTLS",
            "remote",
            "Ask its postmaster, or relax smtp_tls_policy_maps for it.",
            "warning",
            1340,
            87,
            61,
            NOW - 80000,
            NOW - 400,
            BOUNCE_LINES[:1],
            (),
        ),
        Incident(
            "helo:hostile",
            "Rejected HELO",
            f"Rejected HELO {HOSTILE}",
            "sender",
            "Nothing: a stranger was refused.",
            "notice",
            3,
            0,
            3,
            NOW - 1000,
            NOW - 900,
            BOUNCE_LINES[:1],
            (),
        ),
        Incident(
            "greylisted:mail.slow.example",
            "Greylisted",
            "mail.slow.example greylists",
            "wait",
            GREYLISTED.action,
            "notice",
            5,
            5,
            5,
            NOW - 6000,
            NOW - 3000,
            (),
            (),
        ),
    )


def minutes() -> tuple[Minute, ...]:
    """A day with its hills, and deferrals that began forty minutes ago."""
    start = NOW // 60 * 60 - 1439 * 60
    return tuple(
        Minute(
            start + 60 * n,
            delivered=max(0, round(14 + 11 * math.sin(n / 180) + 5 * math.sin(n / 3))),
            deferred=max(0, (n - 1400) // 3 + n % 3) if n > 1400 else n % 97 // 96,
            bounced=1 if n % 60 == 11 or n > 1430 else 0,
            rejected=n % 7,
        )
        for n in range(1440)
    )


def live_snapshot() -> LiveSnapshot:
    """The log at ``NOW``."""
    return LiveSnapshot(
        version=1,
        now=NOW,
        minutes=minutes(),
        incidents=incidents(),
        sources=(SourceState(LOG, "following"),),
        lines=182_011,
        complete_since=NOW - 86400,
        loading=False,
    )


def pulse_snapshot() -> PulseSnapshot:
    """The machine at ``NOW``."""
    return PulseSnapshot(
        time=NOW,
        services=(
            ServiceState("Postfix", "up", "3.7.11", "master process 702"),
            ServiceState("Dovecot", "up", "2.3.19.1", "master process 644"),
        ),
        queue=QueueState(
            (("incoming", 0), ("active", 3), ("deferred", 128), ("hold", 2), ("maildrop", 0), ("corrupt", 0))
        ),
        disks=(
            DiskState("spool", "/var/spool/postfix", 12 * GB, 40 * GB, 2_000_000, 2_500_000),
            DiskState("mail store", "/var/vmail", 160 * GB, 900 * GB, 9_000_000, 60_000_000),
        ),
        certificates=(
            CertificateState("/etc/ssl/mail.pem", ("mail.example.org",), "Postfix, Dovecot", NOW + 12.5 * 86400),
            CertificateState("/etc/ssl/imap.pem", ("imap.example.org",), "Dovecot", NOW + 61.2 * 86400),
        ),
        resolver=ResolverState("ok", "example.org MX", 0.0031),
        load=(0.42, 0.31, 0.28),
        cpus=2,
    )


def broken_pulse() -> PulseSnapshot:
    """The machine on a bad night, seen by a user with few rights."""
    return replace(
        pulse_snapshot(),
        services=(
            ServiceState("Postfix", "up", "3.7.11", "master process 702"),
            ServiceState("Dovecot", "down", "2.3.19.1", "no master process", unlock="systemctl start dovecot"),
        ),
        queue=QueueState(problem="no permission to look into /var/spool/postfix", unlock="sudo usermod -aG postfix me"),
        disks=(DiskState("spool", "/var/spool/postfix", GB, 40 * GB, 2_000_000, 2_500_000),),
        certificates=(CertificateState("/etc/ssl/mail.pem", ("mail.example.org",), "Postfix", NOW - 2 * 86400),),
        resolver=ResolverState("timeout", "example.org MX", 5.0, "no answer from 192.0.2.53 within 5 s"),
        load=(9.1, 8.7, 7.9),
    )


def denied_live() -> LiveSnapshot:
    """A log nobody let us read."""
    source = SourceState(LOG, "denied", "this user may not read /var/log/mail.log", "sudo usermod -aG adm $USER")
    return LiveSnapshot(version=1, now=NOW, sources=(source,), loading=False)


@dataclass
class FakeSettings:
    read_only: bool = False
    keymap: Mapping[str, str] = field(default_factory=dict)
    theme: str = "mailtui-dark"
    check: bool = False


@dataclass
class FakeLive:
    value: LiveSnapshot = field(default_factory=live_snapshot)
    stories: dict[str, Story] = field(default_factory=lambda: {"4dXz1k2PqRz": bounce_story()})
    started: bool = False
    asked_aside: int = 0

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.started = False

    def stand_aside(self) -> None:
        self.asked_aside += 1

    def snapshot(self) -> LiveSnapshot:
        return self.value

    def story(self, name: str) -> Story | None:
        return self.stories.get(name)

    def incident_events(self, incident_id: str) -> Sequence[Event]:
        return INCIDENT_EVENTS[::-1] if incident_id.startswith("unknown-user") else ()


@dataclass
class FakePulse:
    value: PulseSnapshot = field(default_factory=pulse_snapshot)

    def read(self) -> PulseSnapshot:
        return self.value


@dataclass
class FakeTrace:
    found: list[Story] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def trace(self, query: str, files: Sequence[Path] | None = None) -> list[Story]:
        self.asked.append(query)
        return self.found


class FakeExplain:
    def cause(self, recipient: Recipient, story: Story) -> Explanation:
        return Explanation(
            verdict=recipient.verdict or GREYLISTED,
            evidence=(
                "virtual_alias_maps = hash:/etc/postfix/virtual has no key boss@shop.example, boss, @shop.example",
            ),
            next_steps=("Add boss@shop.example to /etc/postfix/virtual, then run postmap.",),
            commands=(("postmap", "-q", "boss@shop.example", "hash:/etc/postfix/virtual"),),
        )


class FakeTools(RecordedTools):
    """Takes any command, and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[tuple[tuple[str, ...], bytes]] = []

    def run(self, argv: Sequence[str], *, stdin: bytes = b"", **_: Any) -> ToolResult:
        self.ran.append((tuple(argv), stdin))
        return ToolResult(tuple(argv), 0, b"", b"", 0.0)


@dataclass
class FakeSources:
    found: tuple[LogSource, ...] = ()

    def discover(self) -> Sequence[LogSource]:
        return self.found


class FakeEvidence:
    """Knows how many messages it was asked about."""

    def of(self, stories: Sequence[Story], incident: Incident | None = None) -> str:
        told = incident.title if incident else "no incident"
        return f"evidence of {len(stories)} messages; {told}"


@dataclass
class FakeServices:
    settings: FakeSettings = field(default_factory=FakeSettings)
    tools: FakeTools = field(default_factory=FakeTools)
    sources: FakeSources = field(default_factory=FakeSources)
    live: FakeLive = field(default_factory=FakeLive)
    pulse: FakePulse = field(default_factory=FakePulse)
    trace: FakeTrace = field(default_factory=FakeTrace)
    explain: FakeExplain = field(default_factory=FakeExplain)
    queue: FakeQueue = field(default_factory=FakeQueue)
    queue_plans: FakePlans = field(default_factory=FakePlans)
    changes: FakeChanges = field(default_factory=FakeChanges)
    configuration: FakeConfiguration = field(default_factory=FakeConfiguration)
    deliverability: FakeDeliverability = field(default_factory=FakeDeliverability)
    maps: FakeMaps = field(default_factory=FakeMaps)
    resolver: FakeResolver = field(default_factory=FakeResolver)
    restrictions: FakeRestrictions = field(default_factory=FakeRestrictions)
    map_plans: FakeMapPlans = field(default_factory=FakeMapPlans)
    mailboxes: FakeMailboxes = field(default_factory=FakeMailboxes)
    checks_apart: FakeChecks = field(default_factory=FakeChecks)
    attention: FakeAttention = field(default_factory=FakeAttention)
    mending: FakeMending = field(default_factory=FakeMending)
    probes: FakeProbes = field(default_factory=FakeProbes)
    people: FakePeople = field(default_factory=FakePeople)
    auth_results: FakeAuthResults = field(default_factory=FakeAuthResults)
    serving: FakeServing = field(default_factory=FakeServing)
    renewal: FakeRenewal = field(default_factory=FakeRenewal)
    deploy: FakeDeploy = field(default_factory=FakeDeploy)
    visitors: FakeVisitors = field(default_factory=FakeVisitors)
    listeners: FakeListeners = field(default_factory=FakeListeners)
    tls_audit: FakeAudit = field(default_factory=FakeAudit)
    evidence: FakeEvidence = field(default_factory=FakeEvidence)
    deadlines: FakeDeadlines = field(default_factory=FakeDeadlines)
