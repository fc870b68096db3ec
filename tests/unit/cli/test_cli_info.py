"""``mailtui info``: what is here, what is missing, and how to get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailtui import __version__
from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError, ToolFailed, ToolTimeout
from tests.support.tools import Answer, RecordedTools

POSTCONF = "mail_version = 3.7.11\nmaillog_file = {log}\nqueue_directory = /var/spool/postfix\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine with Postfix alone; the options that point at it."""
    (tmp_path / "main.cf").write_text("")
    log = tmp_path / "mail.log"
    log.write_bytes(b"x" * 2048)
    answers: dict[str, str | bytes | Answer | MailtuiError] = {
        f"postconf -c {tmp_path} -x": POSTCONF.format(log=log),
        "postmulti -l": "-               -               y         /etc/postfix\nout - n /etc/postfix-out\n",
        "postqueue": "",
        "postcat": "",
        "sudo -n -l": Answer("User anna may run:\n    (root) NOPASSWD: /usr/sbin/postqueue\n"),
    }
    monkeypatch.setattr(Context, "tools", RecordedTools(answers))
    monkeypatch.setattr("mailtui.services.logs.discovery.SYSLOG_FILES", (log,))
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    return ["--postfix-config", str(tmp_path), "--dovecot-config", str(tmp_path / "none.conf"), "--state", "/s"]


def inventory(capsys: pytest.CaptureFixture[str], options: list[str]) -> dict[str, Any]:
    assert main([*options, "info", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_is_here(machine: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = inventory(capsys, machine)
    assert found["versions"]["mailtui"] == __version__
    assert (found["versions"]["postfix"], found["versions"]["dovecot"]) == ("3.7.11", "")
    assert found["instances"] == [
        {"name": "postfix", "enabled": True, "config_directory": "/etc/postfix"},
        {"name": "out", "enabled": False, "config_directory": "/etc/postfix-out"},
    ]
    assert found["configuration"] == [{"path": str(tmp_path / "main.cf"), "readable": True}]
    assert [(log["name"], log["size"], log["readable"]) for log in found["logs"]] == [
        (str(tmp_path / "mail.log"), 2048, True)
    ]
    assert found["state"] == "/s"
    assert found["privileges"]["user"]


def test_what_is_missing_names_the_package(machine: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    missing = {lack["what"]: lack for lack in inventory(capsys, machine)["missing"]}
    assert missing["doveadm"]["unlock"] == "apt install dovecot-core"
    assert "postqueue" not in missing


def test_one_that_does_not_answer_hides_nothing_else(
    machine: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = ToolTimeout(["postconf"], 10.0)
    monkeypatch.setattr(Context, "tools", RecordedTools({f"postconf -c {tmp_path} -x": slow, "postmulti -l": slow}))
    found = inventory(capsys, machine)
    assert (found["versions"]["postfix"], found["versions"]["dovecot"]) == (None, "")
    assert found["instances"] == []
    assert found["configuration"]


def test_what_is_installed_and_does_not_answer_is_not_said_to_be_missing(
    machine: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ToolFailed(["postconf"], 1, "fatal: open main.cf: No such file or directory")
    monkeypatch.setattr(Context, "tools", RecordedTools({f"postconf -c {tmp_path} -x": broken, "postmulti -l": broken}))
    assert main([*machine, "info"]) == 0
    assert "postfix         not known\ndovecot         not found\n" in capsys.readouterr().out


def test_rules_of_sudo_are_told_to_those_who_need_them(
    machine: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    found = inventory(capsys, machine)
    assert found["privileges"]["root"] is False
    assert found["privileges"]["sudo"] == ["(root) NOPASSWD: /usr/sbin/postqueue"]


def test_the_text_form(machine: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*machine, "info"]) == 0
    shown = capsys.readouterr().out
    assert f"mailtui         {__version__}\n" in shown
    assert "dovecot         not found\n" in shown
    assert "out in /etc/postfix-out, disabled" in shown
    assert "missing         doveadm: needed for mailboxes and users\n                apt install dovecot-core" in shown
