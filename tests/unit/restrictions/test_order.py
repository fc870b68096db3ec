"""In which order smtpd's restrictions are asked."""

from __future__ import annotations

import re

import pytest

from mailtui.host.errors import UsageError
from mailtui.services.postfix.restrictions.known import known
from mailtui.services.postfix.restrictions.model import Order
from mailtui.services.postfix.restrictions.order import order_of, orders, service_called
from tests.unit.restrictions.machine import postfix_with


def of(service: str = "", **parameters: str) -> Order:
    postfix = postfix_with(**parameters)
    return order_of(postfix, service_called(postfix, service))


def told(order: Order, about: str) -> list[str]:
    return [str(rule) for rule in order.stage(about).rules]


def test_a_service_asks_its_own_lists_and_the_entrance_comes_first() -> None:
    smtp, submission = orders(postfix_with())
    assert (smtp.name, submission.name) == ("smtp/inet", "submission/inet")
    assert told(smtp, "relay") == ["permit_mynetworks", "permit_sasl_authenticated", "defer_unauth_destination"]
    assert told(submission, "relay") == ["permit_sasl_authenticated", "reject"]
    assert (smtp.stage("relay").source, submission.stage("relay").source) == ("default", "master.cf")


def test_everything_waits_for_rcpt_to_unless_told_otherwise() -> None:
    late = [(stage.about, stage.at) for stage in of().stages]
    assert late[:5] == [(name, "RCPT TO") for name in ("client", "helo", "sender", "relay", "recipient")]
    early = [(stage.about, stage.at) for stage in of(smtpd_delay_reject="no").stages]
    assert early[:3] == [("client", "connect"), ("helo", "HELO"), ("sender", "MAIL FROM")]


def test_before_postfix_3_6_the_recipient_list_is_asked_before_the_relay_list() -> None:
    order = of(smtpd_relay_before_recipient_restrictions="")
    assert [stage.about for stage in order.stages][3:5] == ["recipient", "relay"]
    assert order.stages[4].rules[-1].implied == "smtpd_reject_unlisted_recipient"
    assert not any(rule.implied for rule in order.stage("recipient").rules)


def test_arguments_stay_with_their_rule_and_a_bare_table_is_of_its_stage() -> None:
    order = of(
        smtpd_sender_restrictions="hash:/etc/postfix/senders, warn_if_reject reject_rhsbl_sender dbl.example=127.0.1.2"
        " Reject_Unknown_Address check_policy_service { inet:127.0.0.1:10023, timeout=10s } sleep 1"
    )
    first, second, third, policy, sleep = order.stage("sender").rules
    assert (first.name, first.argument) == ("check_sender_access", "hash:/etc/postfix/senders")
    assert (second.only_warns, second.argument) == (True, "dbl.example=127.0.1.2")
    assert (third.name, third.written, third.only_warns) == (
        "reject_unknown_sender_domain",
        "Reject_Unknown_Address",
        False,
    )
    assert policy.argument == "{ inet:127.0.0.1:10023, timeout=10s }"
    assert str(sleep) == "sleep 1"


def test_a_class_is_followed_and_a_class_within_itself_is_not_for_ever() -> None:
    order = of(
        smtpd_restriction_classes="greylist, strict",
        greylist="check_policy_service unix:private/grey",
        strict="reject_non_fqdn_sender strict",
        smtpd_recipient_restrictions="greylist, strict, no_such_restriction",
    )
    assert [rule.name for rule in order.stage("recipient").every()][:2] == ["greylist", "check_policy_service"]
    deep = list(order.stage("recipient").rules[1].every())
    assert 20 < len(deep) < 100
    assert order.stage("recipient").rules[2].known is None


def test_a_service_is_named_by_its_name_type_or_port() -> None:
    postfix = postfix_with()
    assert service_called(postfix, "submission/inet") == service_called(postfix, "submission")
    with pytest.raises(UsageError, match="no smtpd service 'smtps'"):
        service_called(postfix, "smtps")


def test_every_restriction_of_the_manual_is_known() -> None:
    assert all(re.fullmatch(r"[a-z_]+", name) for name in known())
    assert known()["reject_unknown_hostname"].name == "reject_unknown_helo_hostname"
    assert sum(1 for name, one in known().items() if name == one.name) >= 69
