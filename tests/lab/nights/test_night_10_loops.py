"""Night 10: an alias that leads to itself, a content filter that gets its own mail back, a domain of two classes."""

from __future__ import annotations

import json
import shlex
import smtplib
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged

RING = "ring@alias.example"
CIRCLE = {RING: "rang@alias.example", "rang@alias.example": "rung@alias.example", "rung@alias.example": RING}
HEIR = "bob@lab.example"


def taken(lab: Lab, recipient: str, port: str = "smtp") -> bool:
    """Whether a message from outside is taken."""
    try:
        with clients.smtp(lab, port) as session:
            session.sendmail("outside@accept.example", recipient, b"Subject: x\n\nx\n")
    except smtplib.SMTPException:
        return False
    return True


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab in which three people were busy, and what came of it."""
    with Lab(retry_seconds=900) as lab:
        with (lab.postfix_config / "virtual").open("a") as table:
            table.writelines(f"{key} {value}\n" for key, value in CIRCLE.items())
        kind = lab.command("postconf", "-h", "default_database_type").strip()
        lab.command("postmap", f"{kind}:{lab.postfix_config / 'virtual'}")
        lab.command("postconf", "-e", "mydestination=localhost, $myhostname, lab.example")
        lab.command("postconf", "-P", f"{back(lab)}/content_filter=scan:[127.0.0.1]:{lab.ports['filter']}")
        lab.command("postfix", "reload")
        assert wait_until(lambda: not taken(lab, "alice@lab.example"))
        assert not taken(lab, RING)
        assert taken(lab, "info@alias.example", "filtered")
        eventually_logged(lab, "hopcount exceeded")
        yield lab


def back(lab: Lab) -> str:
    """The service of master.cf to which the filter hands mail back."""
    return f"127.0.0.1:{lab.ports['reinjection']}/inet"


async def test_by_keys_the_circle_is_seen_and_opened(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.stands_on("An alias leads to itself")
        await somebody.press("a")
        await somebody.sees("Value of rung@alias.example", " → ".join((RING, *CIRCLE.values())))
        await somebody.press(*HEIR.partition("@")[0], "enter")
        await somebody.agrees("postmap")
        await somebody.until(lambda: taken(night, RING))
        somebody.proven(10)


async def test_by_keys_the_filter_and_the_domain_by_one_plan(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.sees("mail comes back from the content filter", "is in two address classes")
        await somebody.press("exclamation_mark", "asterisk", "R")
        await somebody.agrees("content_filter=", "-mydestination = localhost, $myhostname, lab.example")
        await somebody.until(lambda: taken(night, "alice@lab.example"))
        assert taken(night, HEIR, "filtered")
        await somebody.until(lambda: logged(night, f"to=<{HEIR}>", "dovecot-lmtp", "status=sent"))
        somebody.proven(10)


@pytest.mark.slow
def test_by_the_command_line_and_undone(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "maps", "--only", "configuration", "--json"])
    found = json.loads(capsys.readouterr().out)
    fixes = [
        one["fix"] for one in found if one["id"] in ("map.classes:lab.example", f"delivery.filterloop:{back(night)}")
    ]
    for fix in fixes:
        assert main([*night.options(), *shlex.split(fix)[1:], "--yes"]) == 0
    assert len(fixes) == 2
    capsys.readouterr()
    assert main([*night.options(), "resolve", "--json", RING]) == 1
    steps = json.loads(capsys.readouterr().out)["steps"]
    entries = {one["key"]: (one["result"], one["file"]) for one in steps if one["stage"] == "rewriting" and one["line"]}
    assert {key: value for key, (value, _) in entries.items()} == CIRCLE
    assert main([*night.options(), "map", "set", entries[RING][1], RING, HEIR, "--yes"]) == 0
    assert main([*night.options(), "resolve", RING]) == 0
    assert wait_until(lambda: taken(night, RING) and taken(night, "alice@lab.example", "filtered"))
    eventually_logged(night, "to=<alice@lab.example>", "dovecot-lmtp", "status=sent")
    capsys.readouterr()
    main([*night.options(), "changes", "--json"])
    for change in json.loads(capsys.readouterr().out):
        assert main([*night.options(), "undo", change["change"], "--yes"]) == 0
    assert not taken(night, RING)
