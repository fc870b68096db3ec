"""Night 8: the mail store's disk fills up, deliveries are deferred and indexes not written; then space comes back."""

from __future__ import annotations

import contextlib
import imaplib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import MAIL_UID, USERS
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged

BOB = "bob@lab.example"


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab whose mailboxes lie on a small file system that something else has filled."""
    with Lab(retry_seconds=900) as lab:
        argv = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0755", "tmpfs", str(lab.mail)]
        if subprocess.run(argv, check=False, capture_output=True).returncode:
            pytest.skip("nothing can be mounted here")
        try:
            for user in USERS:
                lab.mail_home(user.name).mkdir()
                os.chown(lab.mail_home(user.name), MAIL_UID, MAIL_UID)
            clients.send(lab, "outside@accept.example", BOB)
            eventually_logged(lab, f"to=<{BOB}>", "status=sent")
            _fill(lab.mail / "ballast")
            clients.send(lab, "outside@accept.example", BOB)
            eventually_logged(lab, f"to=<{BOB}>", "status=deferred")
            with contextlib.suppress(imaplib.IMAP4.error), clients.imap(lab, BOB) as session:
                session.select("INBOX")
            yield lab
        finally:
            subprocess.run(["umount", "-l", str(lab.mail)], check=False, capture_output=True)


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


def free_space(lab: Lab) -> None:
    """What the operator does outside the console."""
    (lab.mail / "ballast").unlink()
    assert shutil.disk_usage(lab.mail).free > 100_000


async def test_by_keys_from_the_full_disk_to_the_delivery(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.sees("mail store", "full: Dovecot can store no mail", "A disk is full")
        free_space(night)
        await somebody.press("4")
        await somebody.sees("deferred", BOB)
        await somebody.press("F", "1")
        await somebody.agrees("postqueue")
        await somebody.until(lambda: _delivered(night) == 2)
        await somebody.press("7")
        await somebody.sees(BOB)
        await somebody.press("C")
        await somebody.sees("nothing wrong", seconds=30)
        somebody.proven(8)


def test_by_the_command_line(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "system", "--only", "logs", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert any(one["id"].startswith("disk.full:mail store") for one in found)
    assert sum("A disk is full" in one["subject"] for one in found) == 1
    free_space(night)
    assert main([*night.options(), "queue", "flush", "--yes"]) == 0
    eventually_logged(night, f"to=<{BOB}>", "status=sent")
    assert main([*night.options(), "mailbox", "check", "--all"]) == 0
    main([*night.options(), "check", "--only", "system", "--json"])
    assert "disk.full" not in capsys.readouterr().out


def _delivered(lab: Lab) -> int:
    return sum(f"to=<{BOB}>" in line and "status=sent" in line for line in lab.log.read_text().splitlines())


def test_what_was_planted_is_what_it_seems(night: Lab) -> None:
    assert logged(night, "No space left on device")
