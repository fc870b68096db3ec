"""Night 5: a Maildir with the modseq damage, a zeroed sdbox index that nobody has touched, an mdbox log with a torn tail."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.services.dovecot.repair.proof import asked_of_dovecot, compare
from tests.lab.golden import USERS, Golden
from tests.lab.nights.operator import operator
from tests.lab.workshop import Workshop

PLANTED = {
    "sdbox": ("index zeroed", True),
    "maildir": ("index modseq beyond the log", False),
    "mdbox": ("log with noise at its end", False),
}
"""By format: the damage, and whether the mailbox is so old that its index is all that knows the flags."""
Night = tuple[Lab, dict[str, Golden]]


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    """A lab with one user of each format, each damaged while nobody looks."""
    with Lab(retry_seconds=900) as lab:
        goldens = {name: Golden(lab, name, tmp_path, aged=aged) for name, (_, aged) in PLANTED.items()}
        for name, golden in goldens.items():
            golden.restore()
            Workshop(golden, tmp_path / "unused").damage(PLANTED[name][0])
        yield lab, goldens


def lost(golden: Golden) -> set[str]:
    """What Dovecot shows less of than before the damage."""
    now = asked_of_dovecot(golden.doveadm, golden.mailbox.store.user, "INBOX")
    return {row.what for row in compare(golden.certificate, now) if row.lost}


async def test_by_keys_three_mailboxes_one_plan_and_nothing_is_lost(night: Night) -> None:
    lab, goldens = night
    async with operator(lab) as somebody:
        await somebody.press("0")
        await somebody.sees("findings", *USERS.values())
        await somebody.press("exclamation_mark", "asterisk", "R")
        await somebody.agrees("Repair 3 things")
        await somebody.sees("findings")
        somebody.proven(5)
    assert not any(map(lost, goldens.values()))


def test_by_the_command_line_proven_and_undone(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    lab, goldens = night
    main([*lab.options(), "check", "--only", "mailboxes", "--json"])
    found = json.loads(capsys.readouterr().out)
    fixes = sorted({one["fix"] for one in found if one["severity"] in ("error", "warning")})
    assert fixes == sorted(f"mailtui mailbox repair {user}@lab.example INBOX" for user in USERS.values())
    for fix in fixes:
        assert main([*lab.options(), *shlex.split(fix)[1:], "--yes"]) == 0
    assert not any(map(lost, goldens.values()))
    assert main([*lab.options(), "mailbox", "check", "--all"]) == 0
