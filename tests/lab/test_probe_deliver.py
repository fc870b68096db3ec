"""A test message on its way through the lab: to a mailbox, to others, back as a bounce."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.tools import ShTools
from mailtui.lab import Lab
from mailtui.lab.users import PASSWORD
from mailtui.services.container import Services
from mailtui.services.probes.delivering import Delivery
from mailtui.services.probes.model import Probe
from mailtui.services.probes.sasl import Credentials
from mailtui.services.probes.service import Probes
from mailtui.settings import Settings


@pytest.fixture(scope="module")
def probes(lab: Lab) -> Iterator[Probes]:
    settings = Settings(postfix_config=lab.postfix_config, dovecot_config=lab.dovecot_config, state=lab.state)
    yield Services(settings, ShTools()).probes


def facts(probe: Probe) -> str:
    return "\n".join(fact for one in probe.attempts for fact in one.facts)


def test_by_sendmail_to_a_mailbox(lab: Lab, probes: Probes) -> None:
    heard: list[str] = []
    probe = probes.deliver(Delivery("second@alias.example"), told=heard.append)
    assert probe.verdict == "delivered" and heard[-1] == "delivered", probe
    assert "carol@lab.example (from second@alias.example): sent 2.0.0" in facts(probe)
    assert "Dovecot saved it in INBOX" in facts(probe)
    lines = "\n".join(line.text for line in probe.attempts[-1].lines)
    assert "pickup" in lines and "saved mail to INBOX" in lines and "removed" in lines
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
