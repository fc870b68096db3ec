"""Recipients: our own, asked of tables and port; others', asked of the lab's world up to RCPT TO."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mailtui.host.errors import UsageError
from mailtui.host.tools import ShTools
from mailtui.lab import Lab
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.model import Probe
from mailtui.services.probes.service import Probes
from mailtui.settings import Settings


@pytest.fixture(scope="module")
def probes(lab: Lab) -> Iterator[Probes]:
    tools = ShTools()
    postfix, dovecot = PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)
    settings = Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config)
    yield Probes(tools, postfix, dovecot, LogSources(tools, settings, postfix, dovecot), lab.state)


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
