"""Rules that ask the DNS, the time and the order they are in: against a Postfix and a DNS made up for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtui.services.dns.answers import Answer
from mailtui.services.postfix.restrictions.judging.model import Verdict
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.judging.simulate import HANDLERS, Simulator
from mailtui.services.postfix.restrictions.judging.zone import Peer, Zone
from mailtui.services.postfix.restrictions.known import known
from mailtui.services.postfix.restrictions.order import service_called
from tests.support.tools import RecordedTools
from tests.unit.restrictions.machine import postfix_with

_GONE = ("reject_maps_rbl", "check_relay_domains", "permit_naked_ip_address")
PARAMETERS = {
    "myhostname": "mx.lab.example",
    "mydestination": "lab.example",
    "myorigin": "lab.example",
    "relay_domains": "",
    "inet_interfaces": "loopback-only",
    "mynetworks": "127.0.0.0/8",
    "local_recipient_maps": "",
    "local_transport": "local:$myhostname",
    "smtpd_relay_restrictions": "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination",
    "relay_domains_reject_code": "554",
    "maps_rbl_reject_code": "554",
    "unknown_hostname_reject_code": "450",
    "unknown_address_reject_code": "450",
    "unknown_client_reject_code": "450",
    "reject_code": "554",
    "defer_code": "450",
    "unknown_helo_hostname_tempfail_action": "defer_if_permit",
    "unknown_address_tempfail_action": "defer_if_permit",
    "default_rbl_reply": "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain"
    "${rbl_reason?; $rbl_reason}",
    "default_transport": "smtp",
    "smtpd_client_restrictions": "",
}
SESSION = Session("192.0.2.7", "mx.b.example", None, "mx.b.example", "a@b.example", "anna@lab.example")


class FakeZone(Zone):
    """A DNS of a few records; what is not there does not exist, ``?`` is a name server that does not answer."""

    def __init__(self, **records: str) -> None:
        super().__init__()
        self._records = {tuple(name.rsplit("__", 1)): value for name, value in records.items()}
        self.asked: list[tuple[str, str]] = []

    def _ask(self, name: str, kind: str) -> Answer:
        self.asked.append((name, kind))
        value = self._records.get((name.replace(".", "_").replace("-", "_"), kind), "")
        if value == "?":
            return Answer(name, kind, "timeout")
        strings = ((value.encode(),),) if kind == "TXT" and value else ()
        return Answer(name, kind, "found" if value else "nxdomain", tuple(value.split("|")) if value else (), strings)

    def peer(self, address: str) -> Peer:
        raise AssertionError(f"the name of {address} was asked for")


def judged(zone: Zone | None = None, session: Session = SESSION, /, **parameters: str) -> Verdict:
    postfix = postfix_with(**(PARAMETERS | parameters))
    simulator = Simulator(RecordedTools(), postfix, service_called(postfix, ""), zone or FakeZone())
    return simulator.judge(session)


def test_every_rule_there_is_can_be_asked() -> None:
    assert {one.name for one in known().values()} - set(HANDLERS) == {"warn_if_reject"}


def test_a_message_for_us_is_taken_and_one_for_others_is_not() -> None:
    assert judged().accepted
    away = judged(None, replace(SESSION, recipient="x@c.example"))
    assert (away.reply, away.at, away.rule) == (
        "554 5.7.1 <x@c.example>: Relay access denied",
        "RCPT TO",
        "reject_unauth_destination",
    )


def test_a_listed_client_is_refused_in_the_words_of_the_list() -> None:
    zone = FakeZone(**{"7_2_0_192_zen_example__A": "127.0.0.4", "7_2_0_192_zen_example__TXT": "see zen.example"})
    found = judged(zone, smtpd_client_restrictions="reject_rbl_client zen.example")
    assert found.reply == (
        "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.example; see zen.example"
    )
    assert found.steps[-1].why == "7.2.0.192.zen.example: 127.0.0.4"
    narrow = judged(zone, smtpd_client_restrictions="reject_rbl_client zen.example=127.0.0.[10..11;2]")
    assert narrow.accepted
    assert judged(zone, smtpd_client_restrictions="reject_rbl_client zen.example=127.0.0.[3..5]").accepted is False


def test_a_list_that_does_not_answer_refuses_nobody() -> None:
    assert judged(
        FakeZone(**{"7_2_0_192_zen_example__A": "?"}), smtpd_client_restrictions="reject_rbl_client zen.example"
    ).accepted


def test_a_list_of_good_clients_counts_only_for_our_own_recipients() -> None:
    zone = FakeZone(**{"7_2_0_192_good_example__A": "127.0.0.2"})
    lists = {"smtpd_relay_restrictions": "permit_dnswl_client good.example, reject_unauth_destination"}
    assert not judged(zone, replace(SESSION, recipient="x@c.example"), **lists).accepted
    assert zone.asked == []
    assert judged(zone, smtpd_client_restrictions="permit_dnswl_client good.example, reject").accepted


def test_a_list_of_domains_is_not_asked_for_addresses() -> None:
    zone = FakeZone(b_example_dbl_example__A="127.0.1.2")
    rule = {"smtpd_sender_restrictions": "reject_rhsbl_sender dbl.example"}
    assert judged(zone, **rule).reply.startswith("554 5.7.1 Service unavailable; Sender address [a@b.example] blocked")
    for sender in ("", "a@[192.0.2.1]", "a@1.2"):
        zone.asked.clear()
        assert judged(zone, replace(SESSION, sender=sender), **rule).accepted or sender == "a@1.2"
        assert zone.asked == []


@pytest.mark.parametrize(
    ("records", "reply"),
    [
        ({}, "450 4.7.1 <mx.b.example>: Helo command rejected: Host not found"),
        ({"mx_b_example__A": "192.0.2.7"}, ""),
        ({"mx_b_example__MX": "10 other.example."}, ""),
        ({"mx_b_example__A": "?", "mx_b_example__AAAA": "?", "mx_b_example__MX": "?"}, "450 4.7.1"),
    ],
)
def test_a_helo_name_must_be_in_the_dns(records: dict[str, str], reply: str) -> None:
    found = judged(FakeZone(**records), smtpd_helo_restrictions="reject_unknown_helo_hostname")
    assert found.accepted == (not reply)
    assert found.reply.startswith(reply)


def test_a_dns_without_answer_defers_only_what_would_pass() -> None:
    zone = FakeZone(**dict.fromkeys(("mx_b_example__A", "mx_b_example__AAAA", "mx_b_example__MX"), "?"))
    helo = {"smtpd_helo_restrictions": "reject_unknown_helo_hostname"}
    away = judged(zone, replace(SESSION, recipient="x@c.example"), **helo)
    assert away.reply == "554 5.7.1 <x@c.example>: Relay access denied"
    assert judged(zone, **helo).reply == "450 4.7.1 <mx.b.example>: Helo command rejected: Host not found"


@pytest.mark.parametrize(
    ("mx", "reply"),
    [
        ("0 .", "550 5.7.27 <a@b.example>: Sender address rejected: Domain b.example does not accept mail (nullMX)"),
        ("10 mx.b.example.", "250 2.1.5 Ok"),
        ("", "450 4.1.8 <a@b.example>: Sender address rejected: Domain not found"),
    ],
)
def test_a_senders_domain_must_take_mail(mx: str, reply: str) -> None:
    zone = FakeZone(b_example__MX=mx)
    assert judged(zone, smtpd_sender_restrictions="reject_unknown_sender_domain").reply == reply


def test_a_rule_that_cannot_be_asked_here_is_told() -> None:
    found = judged(smtpd_recipient_restrictions="check_policy_service unix:private/policy, reject_unverified_recipient")
    assert found.accepted
    assert found.left_out == ("check_policy_service unix:private/policy", "reject_unverified_recipient")
    assert judged(None, smtpd_milters="inet:127.0.0.1:8891").left_out == ("smtpd_milters inet:127.0.0.1:8891",)


def test_without_tls_a_service_that_insists_on_it_takes_nothing() -> None:
    insists = {"smtpd_tls_security_level": "encrypt"}
    assert judged(**insists).accepted
    plain = judged(None, replace(SESSION, tls=False), **insists)
    assert (plain.reply, plain.at) == ("530 5.7.0 Must issue a STARTTLS command first", "MAIL FROM")


def test_helo_may_be_wanted() -> None:
    silent = replace(SESSION, helo="")
    assert judged(None, silent, smtpd_helo_restrictions="reject").accepted
    assert judged(None, silent, smtpd_helo_required="yes").reply == "503 5.5.1 Error: send HELO/EHLO first"


def test_a_client_of_mynetworks_may_go_anywhere_and_its_name_is_not_looked_up() -> None:
    local = replace(SESSION, client="127.0.0.1", name=None, recipient="x@c.example")
    found = judged(None, local)
    assert found.accepted
    assert "mynetworks has 127.0.0.0/8" in [step.why for step in found.steps]


def test_classes_that_lead_in_a_circle_come_to_an_end() -> None:
    found = judged(smtpd_restriction_classes="one, two", one="two", two="one", smtpd_sender_restrictions="one, permit")
    assert found.reply == "451 4.3.5 Server configuration error"


_EVERY = ", ".join(
    f"warn_if_reject {one.name}"
    + {"domain": " list.example", "server": " unix:x", "seconds": " 1"}.get(one.argument, "")
    for one in {one.name: one for one in known().values()}.values()
    if one.argument != "table" and one.name not in ("permit", "reject", "defer", "warn_if_reject", *_GONE)
)
_TEXTS = st.text(max_size=40) | st.sampled_from(
    ("a@", "@", "a@b@c", '"a b"@c.d', "[", "[]", "x@[::1]", "..", "-", "é@é.é")
)


@given(name=_TEXTS, helo=_TEXTS, sender=_TEXTS, recipient=_TEXTS, user=_TEXTS)
@settings(max_examples=150)
def test_whatever_a_client_says_there_is_a_verdict(
    name: str, helo: str, sender: str, recipient: str, user: str
) -> None:
    lists = {f"smtpd_{stage}_restrictions": _EVERY for stage in ("client", "recipient")}
    lists["smtpd_sasl_auth_enable"] = "yes"
    found = judged(None, Session("2001:db8::7", name, name, helo, sender, recipient, user), **lists)
    assert found.reply[:1] in "245"
    assert not any(sign in found.reply for sign in "\0\r\n\x1b")
