"""One exit status for a configuration that cannot be read: 1 where that is the answer, 3 where it stands in the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab

ALICE = "alice@lab.example"
POSTFIX = (
    "queue show 3A0B725E938",
    "queue check",
    "map list",
    "map check",
    "map get {virtual} info@alias.example",
    "map set {virtual} new@alias.example alice@lab.example --dry-run",
    "map build {virtual} --dry-run",
    f"resolve {ALICE}",
    f"user {ALICE}",
    "user",
    "restrictions",
    "restrictions check",
    f"restrictions simulate {ALICE} --client 192.0.2.1",
    "cert check --here",
    "tls audit",
    f"probe recipient {ALICE}",
    "probe relay",
    "config get postfix myhostname",
    "config set postfix myhostname=new.lab.example --dry-run",
    "debug on postfix-peer --peer 127.0.0.1 --for 1h --dry-run",
    "auth-results 3A0B725E938",
    "dns records lab.example",
    "service",
)
"""What needs Postfix's configuration."""
WITHOUT_MASTER_CF = {"queue show 3A0B725E938": 1, "auth-results 3A0B725E938": 1}
"""What main.cf is enough for."""
LISTS = ("config list", "config diff", "cert list", "tls ports")
"""What is shown of the program whose configuration is whole."""
QUEUE = ("queue", "queue shape", "queue hold 3A0B725E938 --dry-run")
"""What postqueue(1) reads main.cf for."""
DOVECOT = (
    "mailbox list",
    f"mailbox list {ALICE}",
    f"mailbox show {ALICE} INBOX",
    f"mailbox check {ALICE}",
    f"user {ALICE}",
    "user",
    "cert check --here",
    "tls audit",
    "config get dovecot mail_location",
    "config set dovecot auth_verbose=no --dry-run",
    "service",
)
ABOUT_IT = ("config check", "check --only configuration")
"""Whose answer it is."""


def main_cf(lab: Lab) -> None:
    _append(lab.postfix_config / "main.cf", "this line is broken")


def master_cf(lab: Lab) -> None:
    _append(lab.postfix_config / "master.cf", "broken line")


def no_postfix(lab: Lab) -> None:
    for name in ("main.cf", "master.cf"):
        (lab.postfix_config / name).unlink()


def dovecot_conf(lab: Lab) -> None:
    _append(lab.dovecot_config, "service imap {\n  nonsense = 1")


def no_dovecot(lab: Lab) -> None:
    lab.dovecot_config.unlink()


def _append(path: Path, text: str) -> None:
    path.write_text(f"{path.read_text()}\n{text}\n")


@pytest.fixture
def whole(lab: Lab) -> Iterator[None]:
    files = [lab.postfix_config / "main.cf", lab.postfix_config / "master.cf", lab.dovecot_config]
    kept = {path: path.read_bytes() for path in files}
    yield
    for path, data in kept.items():
        path.write_bytes(data)


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    ("spoil", "commands", "but"),
    [
        (main_cf, (*POSTFIX, *QUEUE, *LISTS), {}),
        pytest.param(
            no_postfix, (*POSTFIX, *QUEUE, *LISTS), {}, marks=pytest.mark.slow
        ),  # postconf sleeps a second each time
        pytest.param(master_cf, (*POSTFIX, *LISTS), WITHOUT_MASTER_CF, marks=pytest.mark.slow),
        (dovecot_conf, (*DOVECOT, *LISTS), {}),
        (no_dovecot, (*DOVECOT, *LISTS), {}),
    ],
)
def test_what_cannot_be_done_is_3_with_a_next_step_and_what_is_wrong_is_1(
    lab: Lab,
    spoil: Callable[[Lab], None],
    commands: tuple[str, ...],
    but: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(lab)
    wrong = []
    for command in (*commands, *ABOUT_IT):
        words = command.format(virtual=lab.postfix_config / "virtual").split()
        status = main([*lab.options(), "--log", str(lab.log), *words])
        told = capsys.readouterr()
        said = " ".join((told.err + told.out).split())
        expected = 1 if command in ABOUT_IT else but.get(command, 3)
        named = any(name in said for name in ("main.cf", "master.cf", "dovecot.conf"))
        step = any(word in said for word in ("mend line", "put /", "put that file back"))
        stopped = "is stopped" in said or "Traceback" in said
        empty = command in LISTS and not told.out
        if status != expected or (status == 3 and not (named and step)) or stopped or empty:
            wrong.append((command, status, said[:300]))
    assert not wrong


@pytest.mark.usefixtures("whole")
def test_in_json_it_is_the_same(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    main_cf(lab)
    assert main([*lab.options(), "queue", "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == 3
    assert answer["advice"].startswith("mend line")


@pytest.mark.usefixtures("whole")
def test_a_reload_that_was_refused_is_an_action_that_failed_and_says_why(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    main_cf(lab)
    assert main([*lab.options(), "service", "reload", "postfix", "--yes"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "missing '='" in told
    assert "mend line" in told


@pytest.mark.usefixtures("whole")
def test_a_plan_may_mend_what_dovecot_cannot_read(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    _append(lab.dovecot_config, "nonsense = 1")
    assert main([*lab.options(), "config", "unset", "dovecot", "nonsense", "--dry-run"]) == 0
    assert "-nonsense = 1" in capsys.readouterr().out
