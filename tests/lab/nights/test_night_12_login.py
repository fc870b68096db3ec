"""Night 12: nobody can send, since the SASL socket's mode is wrong; and one user's password is simply wrong."""

from __future__ import annotations

import json
import shlex
import smtplib
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients, kinds
from mailtui.lab.wait import wait_until
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged

RIGHTS = "mode = 0660\n    user = postfix\n    group = postfix"

THROTTLE = 3
"""Seconds that master(8) waits before it starts a daemon again that died; a minute unless set."""


def can_send(lab: Lab) -> bool:
    """Whether a user with the right password gets mail taken."""
    try:
        clients.submit(lab, "alice@lab.example", "bob@lab.example")
    except (smtplib.SMTPException, OSError):
        return False
    return True


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab whose Dovecot makes the socket for itself alone; one user's password is wrong besides."""
    with Lab(retry_seconds=900) as lab:
        lab.command("postconf", "-e", f"service_throttle_time={THROTTLE}s")
        kinds.wrong_password(lab)
        kinds.imap_wrong_password(lab)
        text = lab.dovecot_config.read_text()
        assert RIGHTS in text
        lab.dovecot_config.write_text(text.replace(RIGHTS, "mode = 0600", 1))
        lab.command("doveadm", "reload")
        socket = lab.queue / "private/auth"
        assert wait_until(lambda: socket.exists() and socket.stat().st_mode & 0o777 == 0o600)
        lab.command("postfix", "reload")  # those smtpd processes that have it open already could go on
        assert wait_until(lambda: not can_send(lab))
        eventually_logged(lab, "Connect to Dovecot auth socket", "Permission denied")
        yield lab


async def test_by_keys_from_the_list_of_findings_to_a_login(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.stands_on("smtpd_sasl_path", "Postfix may not use its SASL socket")
        await somebody.press("R")
        await somebody.agrees("+ mode = 0660")
        await somebody.until(lambda: can_send(night))
        await somebody.press("2")
        await somebody.sees("refused")
        somebody.proven(12)


def test_by_the_command_line_the_two_are_told_apart(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "incidents", "--json"])
    told = {one["cause"]: one for one in json.loads(capsys.readouterr().out)}
    assert told["config-local"]["who"] == "us"
    assert told["auth"]["who"] == "sender"
    assert told["auth"]["severity"] == "notice"
    main([*night.options(), "check", "--only", "configuration", "--json"])
    fix = next(one["fix"] for one in json.loads(capsys.readouterr().out) if one["subject"] == "smtpd_sasl_path")
    assert main([*night.options(), *shlex.split(fix)[1:], "--yes"]) == 0
    assert wait_until(lambda: can_send(night))
