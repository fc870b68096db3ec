"""The rules of two smtpds, as invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailtui.host.errors import MailtuiError
from mailtui.services.postfix.config import MasterService
from mailtui.services.postfix.restrictions.judging.model import Step, Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.known import known
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
from mailtui.services.postfix.restrictions.replaying.model import Entry, Replay, Try

_TABLE = "hash:/etc/postfix/virtual"
_SENDER = Stage(
    "smtpd_sender_restrictions",
    "sender",
    "RCPT TO",
    "main.cf",
    (Rule("check_sender_access", _TABLE, known()["check_sender_access"]),),
)
_RELAY = Stage(
    "smtpd_relay_restrictions",
    "relay",
    "RCPT TO",
    "default",
    (
        Rule("permit_mynetworks", known=known()["permit_mynetworks"]),
        Rule("strict", rules=(Rule("reject_non_fqdn_sender", known=known()["reject_non_fqdn_sender"]),)),
        Rule("reject_unauth_destination", known=known()["reject_unauth_destination"]),
    ),
)
SMTP = Order(MasterService("smtp", "inet", "smtpd", ()), True, (_SENDER, _RELAY))
SUBMISSION = Order(MasterService("submission", "inet", "smtpd", ()), True, (_RELAY,))
REFUSED = Verdict(
    "smtp/inet",
    False,
    "554 5.7.1 <b@c.example>: Relay access denied",
    "RCPT TO",
    "reject_unauth_destination",
    "smtpd_relay_restrictions",
    (
        Step("smtpd_sender_restrictions", "RCPT TO", f"check_sender_access {_TABLE}", 0, "dunno"),
        Step("smtpd_relay_restrictions", "RCPT TO", "permit_mynetworks", 0, "dunno"),
        Step("smtpd_relay_restrictions", "RCPT TO", "strict", 0, "dunno"),
        Step("smtpd_relay_restrictions", "RCPT TO", "reject_non_fqdn_sender", 1, "dunno"),
        Step(
            "smtpd_relay_restrictions",
            "RCPT TO",
            "reject_unauth_destination",
            0,
            "reject",
            "554 5.7.1 <b@c.example>: Relay access denied",
            "no list has this domain",
        ),
    ),
    ("HOLD",),
    ("check_policy_service unix:private/policy",),
)
"""A stranger who wants to relay."""
MET = Try(
    1_795_000_000.0, "4XyZ", "mx.b.example[192.0.2.7]", "", "a@b.example", "anna@shop.example", "", "sent", "250 Saved"
)


@dataclass
class FakeRestrictions:
    fails: MailtuiError | None = None
    verdict: Verdict = REFUSED
    judged: list[tuple[Session, str]] = field(default_factory=list)
    tried: list[Entry] = field(default_factory=list)

    def orders(self) -> Sequence[Order]:
        if self.fails:
            raise self.fails
        return (SMTP, SUBMISSION)

    def judge(self, session: Session, service: str = "") -> Verdict:
        self.judged.append((session, service))
        return self.verdict

    def replay_day(self, entry: Entry) -> Replay:
        self.tried.append(entry)
        return Replay(entry, 9, (MET,))
