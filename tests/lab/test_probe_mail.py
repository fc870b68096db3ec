"""Recipients, ours and others', asked up to RCPT TO; and test messages on their way: to a mailbox, to others, back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.errors import UsageError
from mailtui.lab import Lab
from mailtui.lab.users import PASSWORD
from mailtui.screens.probes import ResultScreen
from mailtui.services.container import Services
from mailtui.services.probes.delivering import Delivery
from mailtui.services.probes.model import Probe
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.service import Probes
from mailtui.settings import Settings
from tests.lab.test_console import console, text_of, until


@pytest.fixture(scope="module")
def probes(lab: Lab) -> Iterator[Probes]:
    settings = Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config, state=lab.state)
    yield Services(settings).probes


def said(probe: Probe) -> list[str]:
    return [line.text for one in probe.attempts for line in one.dialogue if line.ours]


@pytest.mark.parametrize("address", ["alice@lab.example", "chain@alias.example", "info@alias.example"])
def test_one_of_ours(probes: Probes, address: str) -> None:
    probe = probes.recipient(address)
    assert probe.verdict == "exists", probe
    tables, port = probe.attempts
    assert tables.ok and port.ok and port.reply.startswith("250 2.1.5")
    assert any("connect from" in line.text for line in port.lines) and any("rcpt=1" in line.text for line in port.lines)
    assert "DATA" not in said(probe)


@pytest.mark.slow
def test_a_rule_against_the_client_is_nothing_against_the_recipient(lab: Lab, probes: Probes) -> None:
    lab.command("postconf", "-e", "smtpd_client_restrictions = reject_unknown_client_hostname")
    lab.command("postfix", "reload")
    try:
        probe = probes.recipient("alice@lab.example")
    finally:
        lab.command("postconf", "-X", "smtpd_client_restrictions")
        lab.command("postfix", "reload")
    assert probe.verdict == "exists" and "tells a client from loopback" in probe.told, probe


def test_nobody_of_ours(probes: Probes) -> None:
    probe = probes.recipient("nobody@lab.example")
    assert probe.verdict == "refused" and probe.attempts[0].verdict == "refused"
    assert probe.attempts[0].reply == probe.attempts[1].reply, "tables and port say the same"
    assert any("reject" in line.text for line in probe.attempts[1].lines)


def test_taken_but_not_delivered(probes: Probes) -> None:
    probe = probes.recipient("leaver@alias.example")
    assert probe.verdict == "refused" and "Dovecot knows no user" in probe.told, probe


@pytest.mark.parametrize(
    ("domain", "verdict", "word"),
    [
        ("accept", "catch-all", "takes any name"),
        ("unknown", "refused", "refuses this recipient"),
        ("grey", "temporary", "greylisted"),
        ("full", "temporary", "does not say now"),
        ("busy", "temporary", "does not say now"),
    ],
)
def test_the_servers_of_others(probes: Probes, domain: str, verdict: str, word: str) -> None:
    probe = probes.recipient(f"friend@{domain}.example")
    assert (probe.verdict, word in probe.told) == (verdict, True), probe
    assert not {"DATA", "BDAT"} & {line.split()[0] for line in said(probe)}
    assert said(probe)[-1] == "QUIT" and "MAIL FROM:<double-bounce@lab.example>" in said(probe)
    assert "EHLO mx.lab.example" in said(probe)


def test_a_forged_sender_is_refused(probes: Probes) -> None:
    with pytest.raises(UsageError, match="forged"):
        probes.recipient("friend@accept.example", "someone@gmail.example")
    probe = probes.recipient("friend@accept.example", "alice@lab.example")
    assert "MAIL FROM:<alice@lab.example>" in said(probe)


def test_the_command_line(lab: Lab) -> None:
    argv = [sys.executable, "-m", "mailtui", "probe", *lab.options(), "recipient", "nobody@lab.example", "--json"]
    done = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["verdict"] == "refused", done.stderr
    assert told["attempts"][1]["reply"].startswith("550 5.1.1") and told["attempts"][1]["lines"]


def test_no_open_relay_asked_as_a_stranger(probes: Probes) -> None:
    probe = probes.relay()
    assert probe.verdict == "no-relay" and not probe.notes, "the lab lets us say who we are"
    *thought, port = probe.attempts
    assert all("reject_unauth_destination" in "".join(one.facts) for one in thought[:1])
    assert port.reply.startswith(("454 4.7.1", "554 5.7.1")) and "Relay access denied" in port.reply
    assert any("unknown[198.51.100.77]" in line.text for line in port.lines)
    assert "DATA" not in said(probe)


@pytest.mark.slow
def test_an_open_relay_is_seen(lab: Lab, probes: Probes) -> None:
    before = lab.command("postconf", "-h", "mynetworks").strip()
    lab.command("postconf", "-e", "mynetworks = 0.0.0.0/0")
    lab.command("postfix", "reload")
    try:
        probe = probes.relay()
    finally:
        lab.command("postconf", "-e", f"mynetworks = {before}")
        lab.command("postfix", "reload")
    assert probe.verdict == "open-relay" and probe.attempts[0].ok and probe.attempts[-1].ok, probe


def facts(probe: Probe) -> str:
    return "\n".join(fact for one in probe.attempts for fact in one.facts)


def test_by_sendmail_to_a_mailbox(lab: Lab, probes: Probes) -> None:
    heard: list[str] = []
    probe = probes.deliver(Delivery("second@alias.example"), told=heard.append)
    assert probe.verdict == "delivered" and heard[-1] == "delivered", probe
    assert "carol@lab.example (from second@alias.example): sent 2.0.0" in facts(probe)
    assert "Dovecot saved it in INBOX" in facts(probe)
    lines = "\n".join(line.text for line in probe.attempts[-1].lines)
    assert "pickup" in lines and "saved mail to INBOX" in lines
    found = list(Path(lab.mail_home("carol"), "Maildir/new").iterdir())
    token = next(note for note in probe.notes if "Message-ID" in note).partition("<")[2].rstrip(">")
    assert any(token in path.read_text() for path in found), "it is really there"


def test_submitted_by_a_user(probes: Probes) -> None:
    alice = Credentials("alice@lab.example", PASSWORD)
    probe = probes.deliver(Delivery("bob@lab.example", who=alice))
    assert probe.verdict == "delivered", probe
    sent = probe.attempts[0]
    assert sent.reply.startswith("250 2.0.0 Ok: queued as") and sent.tls
    assert "sasl_username=alice@lab.example" in "\n".join(line.text for line in probe.attempts[1].lines)


def test_a_wrong_password_sends_nothing(probes: Probes) -> None:
    probe = probes.deliver(Delivery("bob@lab.example", who=Credentials("alice@lab.example", "wrong")))
    assert probe.verdict == "refused" and len(probe.attempts) == 1 and probe.attempts[0].reply.startswith("535")


def test_a_bounce_is_an_answer(probes: Probes) -> None:
    probe = probes.deliver(Delivery("friend@unknown.example"), consent=lambda _: True)
    assert probe.verdict == "refused" and probe.told == "bounced", probe
    assert "the sender was told" in facts(probe) and "5.1.1" in facts(probe)


def test_nothing_goes_to_strangers_without_a_word(probes: Probes) -> None:
    asked: list[str] = []

    def no(warning: str) -> bool:
        asked.append(warning)
        return False

    probe = probes.deliver(Delivery("friend@accept.example"), consent=no)
    assert probe.told == "nothing was sent" and not probe.attempts and "friend@accept.example" in asked[0]


def test_patience_ends(probes: Probes) -> None:
    probe = probes.deliver(Delivery("friend@full.example", patience=1.5), consent=lambda _: True)
    assert probe.verdict == "temporary" and "452 4.2.2" in probe.attempts[-1].reply


@pytest.mark.slow
async def test_by_keys_alone(lab: Lab) -> None:
    """From the console's first view to the mailbox of a test message, and to a refused login with its line."""
    async with console(lab) as (app, pilot):
        await pilot.press("f4", "j", "j", "K", *"bob@lab.example", "enter")
        await until(pilot, lambda: isinstance(app.screen, ResultScreen) and "saved it in INBOX" in text_of(app))
        await pilot.press("escape", "j", "j", "K", "enter")
        await until(pilot, lambda: "Password of" in text_of(app))
        await pilot.press(*"wrong", "enter")
        await until(pilot, lambda: isinstance(app.screen, ResultScreen))
        await until(pilot, lambda: "the password is not the one in passdb" in text_of(app))
