"""Findings about restrictions: what they say is open is open, and a healthy Postfix has none."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from mailtui.findings import Finding
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.judging.session import Session
from mailtui.services.postfix.restrictions.service import Restrictions
from tests.lab.rules_bench import Setting, Told, smtpds, tried
from tests.support.waiting import until

ELSEWHERE = "somebody@elsewhere.example"


@contextmanager
def running(lab: Lab, **parameters: str) -> Iterator[tuple[Setting, list[Finding]]]:
    """An smtpd with these parameters, and what is found wrong with it alone."""
    own = {"smtpd_sasl_auth_enable": "no"} | parameters
    with smtpds(lab, [own]) as (setting,):
        found = Restrictions(LocalTools(), PostfixConfig(LocalTools(), lab.postfix_config)).check()
        yield setting, [one for one in found if str(setting.port) in f"{one.subject} {one.evidence}"]


def stranger(setting: Setting, sender: str, recipient: str = ELSEWHERE) -> Told:
    return tried(setting, Session("198.51.100.9", "unknown", "unknown", "x.example", sender, recipient, tls=False))


def kinds(found: Sequence[Finding]) -> set[str]:
    return {one.id.split(":")[0].removeprefix("restrictions.") for one in found}


def test_nothing_is_wrong_with_the_lab(lab: Lab) -> None:
    assert Restrictions(LocalTools(), PostfixConfig(LocalTools(), lab.postfix_config)).check() == ()


@pytest.mark.parametrize("networks", ["0.0.0.0/0", "198.51.100.0/24, 127.0.0.0/8"])
def test_trusted_strangers_relay(lab: Lab, networks: str) -> None:
    with running(lab, mynetworks=networks) as (setting, found):
        assert stranger(setting, "x@stranger.example") == Told("", "")
        assert kinds(found) == {"network-all" if networks == "0.0.0.0/0" else "open"}


def test_ok_for_a_sender_opens_the_relay_to_whoever_claims_it(lab: Lab) -> None:
    table = lab.folder / "friends"
    table.write_text("friend.example OK\n")
    lists = f"check_sender_access texthash:{table}, reject_unauth_destination"
    with running(lab, smtpd_relay_restrictions="", smtpd_recipient_restrictions=lists) as (setting, found):
        assert stranger(setting, "spam@friend.example") == Told("", "")
        assert stranger(setting, "spam@other.example").at == "RCPT TO"
        assert kinds(found) == {"ok-relay"}
    with running(lab, smtpd_recipient_restrictions=lists) as (setting, found):
        assert stranger(setting, "spam@friend.example").at == "RCPT TO"
        assert kinds(found) == set()


def test_ok_for_a_recipient_relays_mail_for_it(lab: Lab) -> None:
    table = lab.folder / "targets"
    table.write_text("elsewhere.example OK\n")
    lists = f"check_recipient_access texthash:{table}, reject_unauth_destination"
    with running(lab, smtpd_relay_restrictions=lists) as (setting, found):
        assert stranger(setting, "x@stranger.example") == Told("", "")
        assert kinds(found) == {"ok-recipient"}


def test_a_name_that_smtpd_does_not_know_stops_all_mail(lab: Lab) -> None:
    with running(lab, smtpd_client_restrictions="reject_unknown_clients") as (setting, found):
        told = stranger(setting, "x@stranger.example", "alice@lab.example")
        assert told == Told("RCPT TO", "451 4.3.5 Server configuration error")
        assert kinds(found) == {"unknown"}


def test_a_policy_server_that_is_not_there_stops_all_mail(lab: Lab) -> None:
    policy = {"smtpd_recipient_restrictions": "check_policy_service unix:private/nobody"}
    with running(lab, **policy, smtpd_policy_service_try_limit="1") as (setting, found):
        assert stranger(setting, "x@stranger.example", "alice@lab.example").reply.startswith("451 4.3.5")
        assert kinds(found) == {"policy-socket"}


def test_a_network_that_is_none_stops_mail_behind_it(lab: Lab) -> None:
    with running(lab, mynetworks="127.0.0.0/8, 10.1.2.3/8") as (setting, found):
        assert stranger(setting, "x@stranger.example", "alice@lab.example").reply.startswith("451 4.3.0")
        assert "network-broken" in kinds(found)


def test_a_day_is_replayed_from_the_command_line(lab: Lab) -> None:
    for sender, recipient in (("a@shop.example", "alice@lab.example"), ("b@shop.example", "nobody@lab.example")):
        with smtplib.SMTP("127.0.0.1", lab.ports["untrusted"], timeout=20) as smtp:
            smtp.ehlo("x.example")
            smtp.docmd("XCLIENT NAME=mx.shop.example ADDR=192.0.2.7")
            smtp.ehlo("mx.shop.example")
            smtp.mail(sender)
            if smtp.rcpt(recipient)[0] == 250:
                smtp.data(b"Subject: replay\r\n\r\nhello\r\n")
    assert until(lambda: "to=<alice@lab.example>" in lab.log.read_text(), 20)

    def replayed(*words: str) -> dict[str, object]:
        argv = [sys.executable, "-m", "mailtui", "restrictions", "replay", "--json", *lab.options(), *words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        return {
            name: value for name, value in json.loads(done.stdout).items() if name not in ("entry", "met", "looked_at")
        }

    both = {"delivered": 1, "refused_before": 1, "of_users": 0}
    assert replayed("sender", "shop.example", "REJECT") == both
    assert replayed("client", "192.0.2.0/24", "REJECT") == both
    assert replayed("sender", "/^b@/", "REJECT") == both | {"delivered": 0}
    assert replayed("recipient", "bob@lab.example", "REJECT") == both | {"delivered": 0, "refused_before": 0}
