"""Services with a fixed story to tell: a machine on which mail to one domain fails."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.host.errors import MailtuiError, PermissionDenied
from mailtui.host.tools import ToolResult
from mailtui.maillog.model import Attempt, Event, Incident, LineRef, Recipient, Story, Verdict
from mailtui.screens.identity import Identity
from mailtui.services.explain import Explanation
from mailtui.services.live.model import LiveSnapshot, Minute, SourceState
from mailtui.services.logs import LogSource
from mailtui.services.postfix.queue.model import Part, QueueEntry, QueueListing, QueueMessage
from mailtui.services.pulse_model import (
    CertificateState,
    DiskState,
    PulseSnapshot,
    QueueState,
    ResolverState,
    ServiceState,
)
from tests.screens.fake_changes import FakeChanges
from tests.screens.fake_maps import FakeMapPlans, FakeMaps
from tests.support.tools import RecordedTools

NOW = datetime(2026, 3, 4, 14, 3, 22, tzinfo=UTC).timestamp()
LOG = "/var/log/mail.log"
GB = 1 << 30
IDENTITY = Identity("mx1.example.org", "root", True)

UNKNOWN_USER = Verdict(
    "unknown-user-virtual-alias",
    "User unknown in virtual alias table",
    "us / sender",
    "No key of virtual_alias_maps matches the recipient, and its domain is a virtual alias domain.",
    "Add the address to the table named below, or tell the sender that it does not exist.",
)
GREYLISTED = Verdict(
    "greylisted",
    "Greylisted",
    "wait",
    "The other side asks to try again later.",
    "Nothing: the next retry gets through.",
)
HOSTILE = "\x1b]0;pwned\x07[red]bold[/][/x]\u202e"


def line(number: int, text: str) -> LineRef:
    """A line of the log."""
    return LineRef(LOG, number * 200, text)


def _attempt(seconds: float, status: str, dsn: str, reason: str, ref: LineRef, relay: str = "none") -> Attempt:
    delays = (0.03, 0.01, 2.4, 0.31)
    return Attempt(NOW - seconds, status, dsn, relay, sum(delays), delays, "", reason, 1, ref)


BOUNCE_REASON = (
    "host mx.shop.example[192.0.2.25] said: 550 5.1.1 <boss@shop.example>: Recipient address rejected: "
    "User unknown in virtual alias table (in reply to RCPT TO command)"
)
BOUNCE_LINES = (
    line(1, "Mar  4 14:02:11 mx1 postfix/smtpd[811]: connect from client.example.net[198.51.100.7]"),
    line(2, "Mar  4 14:02:11 mx1 postfix/smtpd[811]: 4dXz1k2PqRz: client=client.example.net[198.51.100.7]"),
    line(
        3,
        "Mar  4 14:02:11 mx1 postfix/cleanup[815]: 4dXz1k2PqRz: message-id=<20260304.1402@client.example.net>",
    ),
    line(
        4,
        "Mar  4 14:02:12 mx1 postfix/qmgr[702]: 4dXz1k2PqRz: from=<anna@client.example.net>, size=12730, nrcpt=2",
    ),
    line(
        5,
        "Mar  4 14:02:14 mx1 dovecot: lmtp(carl)<901><x>: msgid=<20260304.1402@client.example.net>: saved to INBOX",
    ),
    line(
        6,
        "Mar  4 14:02:14 mx1 postfix/lmtp[820]: 4dXz1k2PqRz: to=<carl@example.org>, status=sent (250 2.0.0 Saved)",
    ),
    line(
        7,
        f"Mar  4 14:02:14 mx1 postfix/smtp[822]: 4dXz1k2PqRz: to=<boss@shop.example>, status=bounced ({BOUNCE_REASON})",
    ),
    line(
        8,
        "Mar  4 14:02:14 mx1 postfix/bounce[823]: 4dXz1k2PqRz: sender non-delivery notification: 4dXz1m3QrSz",
    ),
    line(9, "Mar  4 14:02:14 mx1 postfix/qmgr[702]: 4dXz1k2PqRz: removed"),
)


def bounce_story() -> Story:
    """A message with one recipient reached and one that does not exist."""
    sent = _attempt(68, "sent", "2.0.0", "250 2.0.0 Saved", BOUNCE_LINES[5], "mx1.example.org[private/dovecot-lmtp]")
    failed = _attempt(68, "bounced", "5.1.1", BOUNCE_REASON, BOUNCE_LINES[6], "mx.shop.example[192.0.2.25]:25")
    return Story(
        key="mx1/postfix/4dXz1k2PqRz/1",
        host="mx1",
        instance="postfix",
        queue_ids=("4dXz1k2PqRz",),
        message_ids=("<20260304.1402@client.example.net>",),
        sender="anna@client.example.net",
        size=12730,
        client="client.example.net[198.51.100.7]",
        sasl_username="",
        arrived=NOW - 71,
        ended=NOW - 68,
        outcome="mixed",
        recipients=(
            Recipient(
                "boss@shop.example",
                "sales@example.org",
                "bounced",
                "5.1.1",
                failed.relay,
                BOUNCE_REASON,
                UNKNOWN_USER,
                "",
                (failed,),
            ),
            Recipient("carl@example.org", "", "sent", "2.0.0", sent.relay, sent.reason, None, "INBOX", (sent,)),
        ),
        bounces=("4dXz1m3QrSz",),
        parents=(),
        lines=BOUNCE_LINES,
    )


def event(number: int, seconds: float, queue_id: str, to: str, status: str, reason: str, sender: str = "") -> Event:
    """A delivery as the log tells it."""
    fields = {
        "to": to,
        "status": status,
        "dsn": "5.1.1",
        "relay": "mx.shop.example[192.0.2.25]:25",
        "reason": reason,
    }
    if sender:
        fields["from"] = sender
    return Event(
        LOG,
        number * 200,
        NOW - seconds,
        "mx1",
        "postfix/smtp",
        "postfix",
        "",
        "smtp",
        822,
        "info",
        queue_id,
        "delivery",
        fields,
        f"to=<{to}>, status={status} ({reason})",
    )


INCIDENT_EVENTS = tuple(
    event(
        7 + n,
        68 + 240 * n,
        "4dXz1k2PqRz" if n == 0 else f"4dXz{n}k2PqRz",
        f"boss{n or ''}@shop.example",
        "bounced",
        BOUNCE_REASON,
    )
    for n in range(12)
)


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
        sources=(SourceState(LOG, "following", last_line=NOW - 1),),
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


@dataclass
class FakeLive:
    value: LiveSnapshot = field(default_factory=live_snapshot)
    stories: dict[str, Story] = field(default_factory=lambda: {"4dXz1k2PqRz": bounce_story()})
    started: bool = False

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.started = False

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


@dataclass
class FakeQueue:
    """A queue with these messages; ``problem`` is raised instead of listing it."""

    entries: tuple[QueueEntry, ...] = ()
    messages: dict[str, QueueMessage] = field(default_factory=dict)
    problem: MailtuiError | None = None
    read_at: float = NOW

    def read(self) -> QueueListing:
        if self.problem is not None:
            raise self.problem
        return QueueListing(self.entries, (), self.read_at)

    def joined(self, listing: QueueListing, *, thorough: bool = False) -> QueueListing:
        return listing

    def beside(self) -> Sequence[str]:
        return ()

    def show(self, queue_id: str, part: Part = "all") -> QueueMessage:
        if queue_id not in self.messages:
            raise PermissionDenied("anna may not read queue files", unlock="sudo by the rule: anna ALL=(root) mailtui")
        return self.messages[queue_id]

    def why(self, entry: QueueEntry) -> str:
        return f"It is in the {entry.queue_name} queue and is tried again in 14m."


class FakePlans:
    """Plans that name what they were made for."""

    def __init__(self) -> None:
        self.made: list[tuple[object, ...]] = []

    def hold(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("hold", entries)

    def release(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("release", entries)

    def requeue(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("requeue", entries)

    def deliver(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("deliver", entries)

    def flush(self, site: str | None = None) -> Plan:
        return self._plan("flush", (), site)

    def expire(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("expire", entries)

    def delete(self, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("delete", entries)

    def hold_rule(self, kind: str, value: str, seconds: float) -> Plan:
        return self._plan("hold-rule", (), kind, value, seconds)

    def compromised(self, sasl_username: str, entries: Sequence[QueueEntry]) -> Plan:
        return self._plan("compromised", [e for e in entries if e.sasl_username == sasl_username], sasl_username)

    def _plan(self, verb: str, entries: Sequence[QueueEntry], *more: object) -> Plan:
        self.made.append((verb, tuple(entry.queue_id for entry in entries), *more))
        targets = tuple(entry.target() for entry in entries)
        step = Step(verb, {}, "as asked", (("postsuper", f"-{verb[0]}", "-"),), targets=targets, undo="the other way")
        return Plan(f"{verb.capitalize()} {len(entries)} messages", (step,))


class FakeTools(RecordedTools):
    """Takes any command, and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[tuple[tuple[str, ...], bytes]] = []

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        timeout: float = 10.0,
        max_output: int = 2**20,
        check: bool = True,
    ) -> ToolResult:
        self.ran.append((tuple(argv), stdin))
        return ToolResult(tuple(argv), 0, b"", b"", 0.0)


@dataclass
class FakeSources:
    found: tuple[LogSource, ...] = ()

    def discover(self) -> Sequence[LogSource]:
        return self.found


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
    maps: FakeMaps = field(default_factory=FakeMaps)
    map_plans: FakeMapPlans = field(default_factory=FakeMapPlans)
