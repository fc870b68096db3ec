"""What is wrong with lists of restrictions, seen from the lists alone."""

from __future__ import annotations

import pytest

from mailtui.services.postfix.restrictions.finding.entries import Permits
from mailtui.services.postfix.restrictions.finding.harm import harm_findings
from mailtui.services.postfix.restrictions.finding.holes import hole_findings
from mailtui.services.postfix.restrictions.model import Order
from mailtui.services.postfix.restrictions.order import order_of, service_called
from tests.unit.restrictions.machine import postfix_with


def of(**parameters: str) -> Order:
    postfix = postfix_with(**parameters)
    return order_of(postfix, service_called(postfix, ""))


def harms(version: str = "3.7.11", logins: str = "yes", **parameters: str) -> list[str]:
    return [
        finding.id.split(":")[0].removeprefix("restrictions.")
        for finding in harm_findings(of(**parameters), version, logins=logins == "yes")
    ]


def holes(entries: dict[str, tuple[str, ...]], **parameters: str) -> list[str]:
    def permits(table: str) -> Permits:
        return Permits(entries.get(table, ()), entries.get(table, ()))

    return [
        finding.id.split(":")[0].removeprefix("restrictions.") for finding in hole_findings(of(**parameters), permits)
    ]


def test_nothing_is_wrong_with_the_defaults() -> None:
    assert harms() == []
    assert holes({}) == []


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("smtpd_helo_restrictions", "reject_unknown_helo_hostname", ["unknown-helo"]),
        ("smtpd_helo_restrictions", "warn_if_reject reject_unknown_helo_hostname", []),
        ("smtpd_client_restrictions", "reject_unknown_client", ["unknown-client"]),
        ("smtpd_sender_restrictions", "reject_unverified_sender", ["unverified-sender"]),
        ("smtpd_recipient_restrictions", "reject_unauth_pipelining", ["pipelining"]),
        ("smtpd_data_restrictions", "reject_unauth_pipelining", []),
        ("smtpd_client_restrictions", "permit_sasl_authenticate, permit", ["unknown"]),
        ("smtpd_client_restrictions", "reject_unlisted_sender", ["unlisted-early"]),
        ("smtpd_sender_restrictions", "permit, reject_non_fqdn_sender", ["unreached"]),
        ("smtpd_relay_restrictions", "permit_mynetworks", ["fatal"]),
        ("smtpd_relay_restrictions", "permit_mynetworks, permit, reject_unauth_destination", ["fatal", "unreached"]),
        ("smtpd_relay_restrictions", "permit_mynetworks, warn_if_reject reject_unauth_destination", ["warns"]),
        ("smtpd_client_restrictions", "reject_maps_rbl", ["going"]),
    ],
)
def test_what_is_wrong_is_told(parameter: str, value: str, expected: list[str]) -> None:
    assert harms(**{parameter: value}) == expected


def test_what_is_not_known_yet_cannot_be_judged() -> None:
    early = {"smtpd_delay_reject": "no", "smtpd_client_restrictions": "check_recipient_access hash:/x"}
    assert harms(**early) == ["early"]
    assert harms(**early | {"smtpd_delay_reject": "yes"}) == []


def test_rules_about_logins_want_logins() -> None:
    assert harms(logins="no", smtpd_sender_restrictions="reject_sender_login_mismatch") == ["no-login"]


def test_rules_of_postfix_2_are_gone_with_3_9() -> None:
    assert harms("3.9.1", smtpd_client_restrictions="reject_maps_rbl") == ["gone"]


def test_ok_for_a_sender_before_the_guard_is_an_open_relay() -> None:
    lists = {
        "smtpd_relay_restrictions": "",
        "smtpd_recipient_restrictions": "check_sender_access hash:/s, reject_unauth_destination",
    }
    assert holes({"hash:/s": ("friend.example",)}, **lists) == ["ok-relay"]
    assert holes({}, **lists) == []
    assert (
        holes({"hash:/s": ("friend.example",)}, **lists | {"smtpd_relay_restrictions": "reject_unauth_destination"})
        == []
    )


def test_ok_for_a_client_or_a_recipient_is_less() -> None:
    client = {"smtpd_relay_restrictions": "check_client_access hash:/c, reject_unauth_destination"}
    assert holes({"hash:/c": ("192.0.2.1",)}, **client) == ["ok-trusted"]
    recipient = {"smtpd_relay_restrictions": "check_recipient_access hash:/r, reject_unauth_destination"}
    assert holes({"hash:/r": ("elsewhere.example",)}, **recipient) == ["ok-recipient"]


def test_ok_that_skips_what_would_catch_spam() -> None:
    lists = {"smtpd_recipient_restrictions": "check_sender_access hash:/s, reject_rbl_client zen.example"}
    assert holes({"hash:/s": ("friend.example",)}, **lists) == ["ok-forged"]
