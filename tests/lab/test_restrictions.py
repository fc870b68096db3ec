"""The simulator of restrictions says what the lab's own smtpd says, over sets that nobody thought of."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.wait import listens, wait_until
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.restrictions.order import order_of
from mailtui.services.postfix.restrictions.required import is_safe
from tests.lab.rules_bench import Generator, disagreement, service, simulator, smtpds, working
from tests.support.waiting import until

SEED = 5


def disagreements(lab: Lab, folder: Path, seed: int, settings: int, sessions: int) -> tuple[int, list[str]]:
    """How many clients were tried, and each about whom the two disagree."""
    (folder / "logins").write_text("alice@lab.example alice@lab.example\nfriend@good.example someone, mallory\n")
    generator = Generator(folder, seed)
    tried_so_far, found = 0, []
    with smtpds(lab, working(lab, generator, settings)) as running:
        for setting in running:
            judge = simulator(lab, setting)
            for _ in range(sessions):
                tried_so_far += 1
                found += disagreement(setting, judge, generator.session())
    return tried_so_far, found


def test_it_agrees_with_smtpd_on_a_short_set(lab: Lab, tmp_path: Path) -> None:
    count, found = disagreements(lab, tmp_path, SEED, settings=6, sessions=12)
    assert count == 72
    assert not found, "\n\n".join(found[:3])


def test_what_it_says_cannot_start_does_not_start(lab: Lab, tmp_path: Path) -> None:
    harmless = {"smtpd_relay_restrictions": "permit_mynetworks", "smtpd_recipient_restrictions": "permit,reject"}
    assert not is_safe(order_of(PostfixConfig(LocalTools(), lab.postfix_config), service("25", harmless)))
    said = "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify"
    with smtpds(lab, [harmless], wait=False) as (setting,):
        assert wait_until(lambda: listens(setting.port))
        with socket.create_connection(("127.0.0.1", setting.port)):
            assert until(lambda: said in lab.log.read_text())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_it_agrees_with_smtpd_on_hundreds_of_sets(lab: Lab, tmp_path: Path, seed: int) -> None:
    count, found = disagreements(lab, tmp_path, seed, settings=30, sessions=25)
    assert count == 750
    assert not found, "\n\n".join(found[:3])
