"""Logging in to the lab's ports: right, wrong, unknown and unavailable, each with the lines it caused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailtui.lab import Lab
from mailtui.lab.users import PASSWORD
from mailtui.services.container import Services
from mailtui.services.probes.model import Attempt, Endpoint, Probe
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.service import Probes
from mailtui.settings import Settings

_ALICE = Credentials("alice@lab.example", PASSWORD)
_WRONG = replace(_ALICE, secret="not-her-password")


@pytest.fixture(scope="module")
def probes(lab: Lab) -> Iterator[Probes]:
    settings = Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config, state=lab.state)
    yield Services(settings).probes


def texts(attempt: Attempt) -> str:
    return "\n".join(line.text for line in attempt.lines)


def ports(probe: Probe) -> list[Attempt]:
    return [one for one in probe.attempts if one.dialogue]


def test_the_ports_of_this_machine(lab: Lab, probes: Probes) -> None:
    assert [(one.port, one.implicit) for one in probes.endpoints("smtp")] == [
        (lab.ports["submission"], False),
        (lab.ports["submissions"], True),
    ]
    assert [(one.port, one.implicit) for one in probes.endpoints("imap")] == [
        (lab.ports["imap"], False),
        (lab.ports["imaps"], True),
    ]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_auth_works_at_both_ports(probes: Probes, mechanism: str) -> None:
    probe = probes.login("auth", _ALICE, mechanism=mechanism)
    assert probe.verdict == "accepted" and [one.ok for one in probe.attempts] == [True] * 3, probe
    for one in ports(probe):
        assert one.mechanism == mechanism and one.tls.startswith("TLSv1.3") and one.reply.startswith("235")
        assert "connect from" in texts(one) and "auth=1 quit=1" in texts(one), "joined from connect to disconnect"


def test_a_wrong_password_is_told_by_reply_and_log(probes: Probes) -> None:
    probe = probes.login("auth", _WRONG)
    assert {one.verdict for one in probe.attempts} == {"refused"}
    for one in ports(probe):
        assert one.reply.startswith("535 5.7.8")
        assert "SASL PLAIN authentication failed" in texts(one) and "Password mismatch" in texts(one)
        assert any("the password is not the one in passdb" in fact for fact in one.facts)
    assert _WRONG.secret not in repr(probe)


def test_an_unknown_user(probes: Probes) -> None:
    probe = probes.login("imap", replace(_ALICE, user="nobody@lab.example"), [probes.endpoints("imap")[1]])
    assert probe.verdict == "refused"
    assert any("does not know this user" in fact for one in ports(probe) for fact in one.facts), probe


@pytest.mark.parametrize(("kind", "learnt"), [("imap", "INBOX opens"), ("pop3", "opens"), ("sieve", "Sieve scripts")])
def test_after_the_login_there_is_a_mailbox(lab: Lab, probes: Probes, kind: str, learnt: str) -> None:
    if {"imap": "imap", "pop3": "pop3", "sieve": "managesieve"}[kind] not in lab.ports:
        pytest.skip("not installed here")
    probe = probes.login(kind, _ALICE)
    assert probe.verdict == "accepted", probe
    for one in ports(probe):
        assert any(learnt in fact for fact in one.facts), one
        assert "user=<alice@lab.example>" in texts(one)
    assert not {line.offset for one in ports(probe)[:1] for line in one.lines} & {
        line.offset for one in ports(probe)[1:] for line in one.lines
    }, "each port has its own lines"


def test_no_password_in_clear(lab: Lab, probes: Probes) -> None:
    """A port without STARTTLS: the lab's world does not offer it."""
    plain = Endpoint("smtp", "127.0.1.4", lab.ports["sink_port"])
    attempt = probes.login("auth", _ALICE, [plain]).attempts[-1]
    assert attempt.verdict == "not-encrypted" and "does not offer STARTTLS" in attempt.told
    assert not any(said.ours and said.text.startswith("AUTH") for said in attempt.dialogue)


def test_what_is_not_offered(lab: Lab, probes: Probes) -> None:
    attempt = probes.login("auth", _ALICE, mechanism="GSSAPI").attempts[-1]
    assert attempt.verdict == "not-offered" and "PLAIN LOGIN" in attempt.told
    at_25 = Endpoint("smtp", "127.0.0.1", lab.ports["smtp"])
    assert probes.login("auth", _ALICE, [at_25]).attempts[-1].verdict == "not-offered"


def test_nobody_listens(probes: Probes) -> None:
    attempt = probes.login("imap", _ALICE, [Endpoint("imap", "127.0.0.1", 1)]).attempts[-1]
    assert attempt.verdict == "unreachable" and not attempt.lines


@pytest.mark.slow
def test_dovecot_lets_an_address_wait_that_has_failed_before(lab: Lab, probes: Probes) -> None:
    """The penalty is the address's, so that a probe from an address of its own has none."""
    target = [Endpoint("imap", "127.0.0.1", lab.ports["imaps"], True)]
    first, second = (probes.login("imap", _WRONG, target, source="127.0.0.99").attempts[-1] for _ in range(2))
    alone = probes.login("imap", _WRONG, target).attempts[-1]
    assert second.seconds > first.seconds + 1.0 and any("auth penalty" in fact for fact in second.facts), second
    assert alone.seconds < 3.0


def test_the_command_line(lab: Lab) -> None:
    read, write = os.pipe()
    os.write(write, f"{PASSWORD}\n".encode())
    os.close(write)
    argv = [sys.executable, "-m", "mailtui", "probe", *lab.options(), "imap", "alice@lab.example"]
    try:
        words = [*argv, "--json", f"--password-fd={read}"]
        done = subprocess.run(words, capture_output=True, pass_fds=(read,), timeout=60, check=False)
    finally:
        os.close(read)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["probe"], told["verdict"], told["subject"]) == ("imap", "accepted", "alice@lab.example")
    assert [one["verdict"] for one in told["attempts"]] == ["accepted"] * 3
    assert any("user=<alice@lab.example>" in line["text"] for line in told["attempts"][1]["lines"])
    assert PASSWORD not in done.stdout.decode()
    alone = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert alone.returncode == 2 and b"--password-fd" in alone.stderr


@pytest.mark.slow
def test_scram_and_dead_passdb(lab: Lab) -> None:
    """A Dovecot of its own: passwords in the clear in passdb, which SCRAM needs; then one that nobody may read."""
    with Lab(retry_seconds=5) as own:
        config = own.dovecot_config.read_text()
        more = "scram-sha-256 scram-sha-1"
        own.dovecot_config.write_text(config.replace("plain login", f"plain login {more}"))
        own.users.write_text(re.sub(r"\{SSHA256\}[^:]+", "{PLAIN}" + PASSWORD, own.users.read_text()))
        own.command("doveadm", "reload")
        settings = Settings(postfix_config=own.postfix_config, dovecot_config=own.dovecot_config, state=own.state)
        probes = Services(settings).probes
        for kind in ("auth", "imap", "pop3", "sieve"):
            for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256"):
                if kind == "auth" or {"imap": "imap", "pop3": "pop3", "sieve": "managesieve"}[kind] in own.ports:
                    found = probes.login(kind, _ALICE, mechanism=mechanism)
                    assert {one.verdict for one in ports(found)} == {"accepted"}, found
                    assert all(one.mechanism == mechanism for one in ports(found))
        own.users.chmod(0)
        own.command("doveadm", "reload")
        found = probes.login("imap", _ALICE, [probes.endpoints("imap")[1]])
        assert {one.verdict for one in found.attempts} == {"temporary"}, found
        assert any("could not be asked" in fact for one in ports(found) for fact in one.facts), found
