"""Postfix and Dovecot are made to log more for a time; whichever mailtui runs then puts it back."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.configuration import reloading
from mailtui.services.debugging import deadlines as honouring

_ON = ("debug", "on", "postfix-peer", "--peer", "127.0.0.1", "--for", "1h", "--yes")


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postfix waits up to two seconds before it reads a file that was changed just now."""
    monkeypatch.setattr(reloading, "SETTLED", 0.2)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was switched on for an hour is over."""
    later = time.time() + 86_400
    honour = honouring.Deadlines.__init__
    monkeypatch.setattr(
        honouring.Deadlines, "__init__", lambda self, changes, plans: honour(self, changes, plans, lambda: later)
    )
    yield


def _run(lab: Lab, *words: str) -> int:
    return main([*lab.options(), *words])


def _log(lab: Lab) -> Path:
    return lab.folder / "log/dovecot.log"


def _setting(lab: Lab, name: str) -> str:
    return lab.command("postconf", "-h", name).strip()


def _on(lab: Lab, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    _run(lab, "debug", "list", "--json")
    return [one["title"] for one in json.loads(capsys.readouterr().out)["on"]]


def test_one_peer_is_logged_in_full_until_it_is_switched_off(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(lab, *_ON) == 0
    assert _setting(lab, "debug_peer_list") == "127.0.0.1"
    assert len(_on(lab, capsys)) == 1
    assert _run(lab, "debug", "off", "--yes") == 0
    assert _setting(lab, "debug_peer_list") == ""
    assert _on(lab, capsys) == []


def test_dovecot_says_why_a_login_fails_but_never_a_password(lab: Lab) -> None:
    start = _log(lab).stat().st_size
    argv = ["doveadm", "-c", str(lab.dovecot_config), "auth", "test", "anna@shop.example", "s3cret-wrong"]

    def told() -> bool:
        """Whether the auth process of the new configuration has answered."""
        subprocess.run(argv, check=False, capture_output=True, timeout=30)
        return b"auth: Debug" in _log(lab).read_bytes()[start:]

    assert _run(lab, "debug", "on", "dovecot-auth", "--for", "1h", "--yes") == 0
    try:
        assert wait_until(told)
        assert b"s3cret-wrong" not in _log(lab).read_bytes()[start:]
    finally:
        assert _run(lab, "debug", "off", "--yes") == 0


@pytest.mark.usefixtures("tomorrow")
def test_the_check_puts_back_what_is_over(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(lab, *_ON) == 0
    assert _setting(lab, "debug_peer_list") == "127.0.0.1"
    _run(lab, "check", "--only", "changes")
    assert "put back, since its time is over" in capsys.readouterr().err
    assert _setting(lab, "debug_peer_list") == ""
    assert _run(lab, "check", "--only", "changes") == 0


@pytest.mark.usefixtures("tomorrow")
def test_a_file_that_was_edited_meanwhile_keeps_the_edit_and_loses_the_switch(lab: Lab) -> None:
    assert _run(lab, *_ON) == 0
    main_cf = lab.postfix_config / "main.cf"
    before = main_cf.read_bytes()
    main_cf.write_bytes(before + b"# the operator was here\n")
    os.utime(main_cf, (1, 1))
    _run(lab, "check", "--only", "changes")
    after = main_cf.read_text()
    assert "# the operator was here" in after
    assert _setting(lab, "debug_peer_list") == ""
    main_cf.write_text(after.replace("# the operator was here\n", ""))


@pytest.mark.usefixtures("tomorrow")
def test_read_only_puts_nothing_back_and_says_that_it_is_over(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(lab, *_ON) == 0
    capsys.readouterr()
    assert _run(lab, "--read-only", "check", "--only", "changes", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert [(one["severity"], one["fix"].split()[:2]) for one in found] == [("error", ["mailtui", "debug"])]
    assert _setting(lab, "debug_peer_list") == "127.0.0.1"
    _run(lab, "check", "--only", "changes")
    assert _setting(lab, "debug_peer_list") == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing-such",), "there are:"),
        (("postfix-peer",), "needs a peer"),
        (("postfix-tls", "--peer", "127.0.0.1"), "takes no peer"),
        (("postfix-peer", "--peer", "hash:/etc/passwd"), "no host"),
        (("postfix-tls", "--for", "3d"), "at most"),
    ],
)
def test_what_cannot_be_switched_on_is_said_and_nothing_done(
    lab: Lab, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    before = (lab.postfix_config / "main.cf").read_bytes()
    assert _run(lab, "debug", "on", *words, "--yes") == 2
    assert said in capsys.readouterr().err
    assert (lab.postfix_config / "main.cf").read_bytes() == before


def test_a_switch_that_is_on_already_is_left_alone(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main_cf: Path = lab.postfix_config / "main.cf"
    before = main_cf.read_bytes()
    assert _run(lab, *_ON) == 0
    try:
        assert _run(lab, *_ON) == 2
        assert "on already" in capsys.readouterr().err
    finally:
        assert _run(lab, "debug", "off", "--yes") == 0
    assert main_cf.read_bytes() == before
