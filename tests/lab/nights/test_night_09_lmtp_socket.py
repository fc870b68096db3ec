"""Night 9: after an upgrade Dovecot makes its LMTP socket somewhere else; all local mail is deferred."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.wait import wait_until
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab whose Dovecot went back to its package's listener; one message has been deferred already."""
    with Lab(retry_seconds=900) as lab:
        text = lab.dovecot_config.read_text()
        ours = f"unix_listener {lab.queue}/private/dovecot-lmtp {{\n    mode = 0600"
        assert ours in text
        lab.dovecot_config.write_text(text.replace(ours, "unix_listener lmtp {\n    mode = 0666"))
        lab.command("doveadm", "reload")
        assert wait_until(lambda: (lab.run / "lmtp").exists() and not (lab.queue / "private/dovecot-lmtp").exists())
        clients.send(lab, "outside@accept.example", "dave@lab.example")
        eventually_logged(lab, "to=<dave@lab.example>", "status=deferred")
        yield lab


async def test_by_keys_from_the_list_of_findings_to_the_delivery(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.press("0")
        await somebody.stands_on("virtual_transport", "LMTP socket is not there")
        await somebody.press("R")
        await somebody.agrees(f"virtual_transport = lmtp:unix:{night.run}/lmtp", then="Try all deferred mail now")
        await somebody.agrees("postqueue")
        await somebody.until(lambda: logged(night, "to=<dave@lab.example>", "status=sent"))
        somebody.proven(9)


def test_by_the_command_line_and_undone(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main([*night.options(), "check", "--only", "configuration", "--json"])
    found = json.loads(capsys.readouterr().out)
    fix = next(one["fix"] for one in found if one["subject"] == "virtual_transport")
    assert fix == f"mailtui config set postfix virtual_transport=lmtp:unix:{night.run}/lmtp"
    assert main([*night.options(), *fix.split()[1:], "--yes"]) == 0
    assert main([*night.options(), "queue", "flush", "--yes"]) == 0
    eventually_logged(night, "to=<dave@lab.example>", "status=sent")
    capsys.readouterr()
    main([*night.options(), "changes", "--json"])
    change = next(one for one in json.loads(capsys.readouterr().out) if "virtual_transport" in one["plan"]["title"])
    assert main([*night.options(), "undo", change["change"], "--yes"]) == 0
    assert night.command("postconf", "-h", "virtual_transport").strip() == "lmtp:unix:private/dovecot-lmtp"
