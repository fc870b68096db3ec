"""Night 1: an alias points at a mailbox that was removed: mail bounces, and the next message is kept by a careful hand."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from tests.lab.nights.operator import operator
from tests.lab.observing import eventually_logged, logged

ALIAS = "leaver@alias.example"
REMOVED = "gone@lab.example"
HEIR = "bob@lab.example"


@pytest.fixture
def night() -> Iterator[Lab]:
    """A lab in which one message has bounced, and one waits since somebody set ``soft_bounce``."""
    with Lab(retry_seconds=900) as lab:
        clients.send(lab, "outside@accept.example", ALIAS)
        eventually_logged(lab, f"to=<{REMOVED}>", "status=bounced")
        lab.command("postconf", "-e", "soft_bounce=yes")
        lab.command("postfix", "reload")
        clients.send(lab, "outside@accept.example", ALIAS)
        eventually_logged(lab, f"to=<{REMOVED}>", "status=SOFTBOUNCE")
        yield lab


async def test_by_keys_from_the_first_page_to_the_heir(night: Lab) -> None:
    async with operator(night) as somebody:
        await somebody.stands_on("an alias leads to")
        await somebody.sees(f"{ALIAS} → {REMOVED}", "a Entry")
        await somebody.press("a")
        await somebody.sees(f"1 {REMOVED} virtual_alias_maps: no such key", f"{ALIAS} virtual_alias_maps: {REMOVED}")
        await somebody.press("enter")
        await somebody.sees(f"Value of {REMOVED}")
        await somebody.press(*HEIR.partition("@")[0], "enter")
        await somebody.agrees("postmap", then="Requeue: 1 message")
        await somebody.agrees("postsuper")
        await somebody.until(lambda: logged(night, f"to=<{HEIR}>", f"orig_to=<{ALIAS}>", "status=sent"))
        somebody.proven(1)


def test_by_the_command_line_and_undone(night: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    table = night.postfix_config / "virtual"
    before = table.read_bytes()
    assert main([*night.options(), "resolve", "--json", ALIAS]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["accepted"], "a client is told that all is well"
    (final,) = found["final"]
    assert (final["address"], final["problem"]) == (REMOVED, f"Dovecot knows no user {REMOVED}")
    (step,) = {(one["file"], one["line"], one["key"]) for one in found["steps"] if one["result"] == REMOVED}
    assert step[0] == str(table)
    assert table.read_text().splitlines()[step[1] - 1].split()[0] == step[2] == ALIAS
    assert main([*night.options(), "map", "set", step[0], REMOVED, HEIR, "--yes"]) == 0
    assert main([*night.options(), "resolve", ALIAS]) == 0
    assert main([*night.options(), "queue", "requeue", "--where", f"recipient:{REMOVED}", "--yes"]) == 0
    eventually_logged(night, f"to=<{HEIR}>", f"orig_to=<{ALIAS}>", "status=sent")
    capsys.readouterr()
    main([*night.options(), "changes", "--json"])
    change = next(one for one in json.loads(capsys.readouterr().out) if REMOVED in one["plan"]["title"])
    assert main([*night.options(), "undo", change["change"], "--yes"]) == 0
    assert table.read_bytes() == before
