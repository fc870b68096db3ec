"""Night 2: a table edited and not compiled, one compiled as another type, and a regexp table changed without reload."""

from __future__ import annotations

import json
import shlex
import smtplib
import time
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged

NEW = "new@alias.example"
FORBIDDEN = "a forbidden thing"


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab in whose tables somebody was busy, with a cleanup that began before."""
    with Lab(retry_seconds=900) as lab:
        clients.send(lab, "outside@accept.example", "bob@lab.example")
        eventually_logged(lab, "to=<bob@lab.example>", "status=sent")
        assert wait_until(lambda: time.time() > lab.log.stat().st_mtime + 1.5)  # files and processes have whole seconds
        with (lab.postfix_config / "virtual").open("a") as table:
            table.write(f"{NEW} bob@lab.example\n")
        with (lab.postfix_config / "header_checks").open("a") as table:
            table.write(f"/^Subject: .*{FORBIDDEN}/ REJECT not here\n")
        transport = lab.postfix_config / "transport"
        for index in lab.postfix_config.glob("transport.*"):
            index.unlink()
        other = "btree" if lab.command("postconf", "-h", "default_database_type").strip() == "hash" else "hash"
        lab.command("postmap", f"{other}:{transport}")
        yield lab


def taken(lab: Lab, recipient: str, subject: str = "hello") -> bool:
    """Whether a message from outside is taken."""
    try:
        with clients.smtp(lab) as session:
            session.sendmail("outside@accept.example", recipient, f"Subject: {subject}\n\nx\n".encode())
    except smtplib.SMTPException:
        return False
    return True


def proven(lab: Lab) -> None:
    """The new alias is delivered, the transport is found again, the new pattern holds."""
    assert wait_until(lambda: taken(lab, NEW))
    eventually_logged(lab, f"orig_to=<{NEW}>", "status=sent")
    assert not taken(lab, "bob@lab.example", FORBIDDEN)


async def test_by_keys_three_findings_one_plan(night: Lab) -> None:
    assert not taken(night, NEW)
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.sees("findings")
        await somebody.press("exclamation_mark", "asterisk", "R")
        await somebody.agrees("Repair 3 things", "postmap", "/transport", "/virtual", "postfix")
        proven(night)
        somebody.proven(2)


def test_by_the_command_line(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "maps", "--json"])
    fixes = [one["fix"] for one in json.loads(capsys.readouterr().out) if one["fix"]]
    assert len(fixes) == 3
    for fix in fixes:
        assert main([*night.options(), *shlex.split(fix)[1:], "--yes"]) == 0
    proven(night)
    assert main([*night.options(), "check", "--only", "maps"]) == 0
    assert logged(night, "not here")
