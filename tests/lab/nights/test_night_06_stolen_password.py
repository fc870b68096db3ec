"""Night 6: somebody sends with a stolen password; exactly those messages are held, the login blocked, sessions ended."""

from __future__ import annotations

import imaplib
import json
import os
import smtplib
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import PASSWORD
from mailtui.lab.wait import wait_until
from tests.lab.nights.operator import operator

STOLEN, HONEST = "bob@lab.example", "alice@lab.example"
MANY = int(os.environ.get("MAILTUI_NIGHT_6", "120"))
"""The night is told with 5,000; what is tried does not depend on it."""
pytestmark = pytest.mark.timeout(120 + MANY // 5)


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab full of one login's mail to a provider that defers it, two messages of somebody else among them."""
    with Lab(retry_seconds=900) as lab:
        with clients.submission(lab) as session:
            session.login(STOLEN, PASSWORD)
            for number in range(MANY):
                sender = f"prize{number % 7}@lab.example"
                session.sendmail(sender, f"you{number}@full.example", b"Subject: you won\n\nclick\n")
        for _ in range(2):
            clients.submit(lab, HONEST, "friend@full.example")
        assert wait_until(lambda: len(queue(lab)) == MANY + 2)
        yield lab


def queue(lab: Lab) -> list[dict[str, str]]:
    """What waits, by postqueue's own word."""
    return [json.loads(line) for line in lab.command("postqueue", "-j").splitlines()]


def held(lab: Lab) -> list[str]:
    """Senders of what is on hold."""
    return [one["sender"] for one in queue(lab) if one["queue_name"] == "hold"]


def may_send(lab: Lab, user: str) -> bool:
    """Whether a message of this login is taken."""
    try:
        with clients.submission(lab) as session:
            session.login(user, PASSWORD)
            session.sendmail(user, "friend@accept.example", b"Subject: x\n\nx\n")
    except smtplib.SMTPException:
        return False
    return True


def all_is_stopped(lab: Lab) -> bool:
    """Exactly those are held, and only that login is out."""
    return len(held(lab)) == MANY and HONEST not in held(lab) and not may_send(lab, STOLEN) and may_send(lab, HONEST)


async def test_by_keys_from_the_list_of_findings_to_a_queue_that_rests(night: Lab) -> None:
    with clients.imap(night, STOLEN) as session:
        async with operator(night) as somebody:
            await somebody.press("0")
            await somebody.stands_on(STOLEN, f"{MANY:,} of {MANY + 2:,} queued messages")
            await somebody.press("R")
            await somebody.agrees("postsuper", STOLEN)
            await somebody.until(lambda: all_is_stopped(night))
            somebody.proven(6)
        with pytest.raises(imaplib.IMAP4.abort):
            session.noop()
        session.shutdown()
        session.state = "LOGOUT"  # nobody is there to say goodbye to


def test_by_the_command_line_cleaned_and_undone(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "queue", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [one["fix"] for one in found if one["id"].startswith("queue.account:")] == [
        f"mailtui queue compromised {STOLEN}"
    ]
    assert main([*night.options(), "queue", "compromised", STOLEN, "--yes"]) == 0
    assert wait_until(lambda: all_is_stopped(night))
    assert main([*night.options(), "queue", "delete", "--where", "queue_name:hold", "--yes"]) == 0
    assert wait_until(lambda: held(night) == [])
    assert {one["sender"] for one in queue(night)} == {HONEST}
    capsys.readouterr()
    main([*night.options(), "changes", "--json"])
    stopped = next(one for one in json.loads(capsys.readouterr().out) if "Stop the account" in one["plan"]["title"])
    assert main([*night.options(), "undo", stopped["change"], "--yes"]) in (0, 1)  # what was deleted is not released
    assert wait_until(lambda: may_send(night, STOLEN))
