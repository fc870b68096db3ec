"""Evidence of a real bounce: everything that is known, and nobody's name."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.traffic import kinds
from mailtui.lab.wait import wait_until


@pytest.fixture(scope="module")
def bounced(lab: Lab) -> Lab:
    """A lab in which an alias led nowhere once."""
    kinds.alias_to_nowhere(lab)
    assert wait_until(lambda: b"status=bounced" in lab.log.read_bytes())
    return lab


def _told(lab: Lab, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main([*lab.options(), "evidence", "--json", "leaver@alias.example", *words]) == 0
    return str(json.loads(capsys.readouterr().out)["text"])


def test_it_has_story_cause_lookups_and_findings_but_no_names(bounced: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    told = _told(bounced, capsys)
    for part in ("status=bounced", "doveadm user does not find", "virtual_alias_maps", "What is wrong on this machine"):
        assert part in told
    assert "leaver" not in told
    assert "@alias.example" in told
    assert "leaver@alias.example" in _told(bounced, capsys, "--names")


def test_it_goes_into_a_new_file_of_its_owner(bounced: Lab, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket.txt"
    words = [*bounced.options(), "evidence", "leaver@alias.example", "-o", str(ticket)]
    assert main(words) == 0
    assert stat.S_IMODE(ticket.stat().st_mode) == 0o600
    before = ticket.read_bytes()
    assert main(words) != 0
    assert ticket.read_bytes() == before


def test_what_cannot_be_had_is_said_and_spares_the_rest(bounced: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    virtual = bounced.postfix_config / "virtual.db"
    index = virtual if virtual.exists() else virtual.with_suffix(".lmdb")
    kept = index.read_bytes()
    index.unlink()
    try:
        told = _told(bounced, capsys)
        assert "status=bounced" in told
        assert "could not be looked at" in told or "not available" in told or "cannot be" in told
    finally:
        index.write_bytes(kept)


def test_nothing_found_is_said(bounced: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*bounced.options(), "evidence", "nobody-such@alias.example"]) == 1
    assert "no message fits" in capsys.readouterr().err
