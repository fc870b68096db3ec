"""Paths that are named and wrong: the same exit status and a next step from every command, and nothing done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.tools import LocalTools

LOG_COMMANDS = ("report", "trace someone@a.example", "incidents", "parse")


def failed(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    ended = main([*words, "--json"])
    return ended, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", LOG_COMMANDS)
@pytest.mark.parametrize("kind", ["nowhere", "below a file", "a folder"])
@pytest.mark.parametrize("named", ["option", "argument"])
def test_a_log_that_is_named_and_none_is_a_matter_of_usage(
    command: str, kind: str, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    log = {"nowhere": tmp_path / "none", "below a file": tmp_path / "file" / "none", "a folder": tmp_path}[kind]
    words = ["--log", str(log), *command.split()] if named == "option" else [*command.split(), str(log)]
    ended, failure = failed(words, capsys)
    assert ended == 2
    assert str(log) in failure["error"]
    assert failure["advice"]


@pytest.mark.parametrize(
    ("option", "wanted"), [("--state", "--state"), ("--postfix-config", "main.cf"), ("--settings", "--settings")]
)
@pytest.mark.parametrize("command", ["check --only logs", "changes", "report"])
def test_a_path_of_the_wrong_kind_is_said_before_anything_is_done(
    option: str, wanted: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it"
    path.mkdir() if option == "--settings" else path.touch()
    ended, failure = failed([option, str(path), *command.split()], capsys)
    assert ended == 2
    assert str(path) in failure["error"]
    assert wanted in failure["error"] + failure["advice"]
    assert failure["advice"]


def test_a_folder_in_the_place_of_dovecots_main_file_leads_to_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended, failure = failed(["--dovecot-config", str(tmp_path), "check"], capsys)
    assert (ended, failure["advice"]) == (2, f"mailtui --dovecot-config {tmp_path / 'dovecot.conf'}")


@pytest.mark.parametrize("here", [True, False])
def test_setting_dovecot_where_it_is_not_says_what_to_do(
    here: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin").mkdir()
    if here:
        (tmp_path / "bin" / "doveconf").touch(0o755)
    monkeypatch.setattr(Context, "tools", LocalTools(search_path=str(tmp_path / "bin")))
    where = ["--state", str(tmp_path / "state"), "--dovecot-config", str(tmp_path / "dovecot.conf")]
    ended, failure = failed([*where, "config", "set", "dovecot", "mail_debug=yes", "--dry-run"], capsys)
    assert ended == 3
    assert failure["advice"] == (
        "put that file back, from a backup or from its package's, then try again"
        if here
        else "apt install dovecot-core"
    )
