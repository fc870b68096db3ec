"""The real Postfix and Dovecot are reloaded, restarted and started: tested before, seen to live and listen after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mailtui.cli.main import main
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.control import deed


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deed, "SETTLED", 0.2)
    monkeypatch.setattr(deed, "PATIENCE", 6.0)


@pytest.fixture
def capture(lab: Lab, capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    def status() -> dict[str, dict[str, Any]]:
        capsys.readouterr()
        main([*lab.options(), "service", "--json"])
        return {one["name"]: one for one in json.loads(capsys.readouterr().out)}

    yield status


def _run(lab: Lab, *words: str) -> int:
    return main([*lab.options(), "service", *words])


def test_the_status_names_pid_age_and_ports(lab: Lab, capture: Any) -> None:
    status = capture()
    assert status["postfix"]["state"] == status["dovecot"]["state"] == "up"
    assert lab.ports["submission"] in status["postfix"]["ports"]
    assert lab.ports["imaps"] in status["dovecot"]["ports"]
    assert status["postfix"]["pid"] == int((lab.queue / "pid/master.pid").read_text())
    assert status["postfix"]["since"] is not None
    assert _run(lab) == 0


def test_a_reload_keeps_the_masters_a_restart_brings_others(lab: Lab, capture: Any) -> None:
    before = capture()
    assert _run(lab, "reload", "postfix", "dovecot", "--yes") == 0
    between = capture()
    assert _run(lab, "restart", "dovecot", "postfix", "--yes") == 0
    after = capture()
    for name in ("postfix", "dovecot"):
        assert before[name]["pid"] == between[name]["pid"] != after[name]["pid"]
        assert (after[name]["state"], after[name]["ports"]) == ("up", before[name]["ports"])


def test_a_broken_configuration_is_found_before_anything_is_stopped(
    lab: Lab, capture: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before, kept = capture(), lab.dovecot_config.read_bytes()
    lab.dovecot_config.write_bytes(kept + b"no_such_setting = 1\n")
    try:
        assert _run(lab, "restart", "dovecot", "--yes") == 1
        assert "no_such_setting" in "".join(capsys.readouterr())
        lab.dovecot_config.write_bytes(kept)
        assert capture()["dovecot"]["pid"] == before["dovecot"]["pid"]
    finally:
        lab.dovecot_config.write_bytes(kept)


def test_what_does_not_run_is_told_and_started(lab: Lab, capture: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lab.command("doveadm", "stop")
    assert wait_until(lambda: capture()["dovecot"]["state"] == "down", 5)
    assert _run(lab) == 1
    main([*lab.options(), "check", "--only", "services"])
    assert "mailtui service start dovecot" in capsys.readouterr().out
    assert _run(lab, "reload", "dovecot", "--yes") == 1
    assert "nothing to reload; mailtui service start dovecot" in " ".join(capsys.readouterr().out.split())
    assert _run(lab, "start", "dovecot", "--yes") == 0
    assert capture()["dovecot"]["state"] == "up"


def test_a_stopped_postfix_is_given_no_test_message(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    lab.command("postfix", "stop")
    try:
        assert main([*lab.options(), "probe", "deliver", "alice@lab.example"]) == 3
        told = capsys.readouterr().err
        assert "Postfix does not run" in told and "start" in told
        assert not list((lab.queue / "maildrop").iterdir()), "it would be delivered when nobody thinks of it any more"
    finally:
        assert _run(lab, "start", "postfix", "--yes") == 0


@pytest.mark.slow
def test_a_port_that_another_has_is_missed_after_a_restart(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    kept = (lab.postfix_config / "master.cf").read_text()
    taken = f"127.0.0.1:{lab.ports['imap']}"
    (lab.postfix_config / "master.cf").write_text(f"{kept}\n{taken} inet n - n - - smtpd\n")
    try:
        assert _run(lab, "restart", "postfix", "--yes") == 1
        assert "postfix" in "".join(capsys.readouterr())
    finally:
        (lab.postfix_config / "master.cf").write_text(kept)
        assert _run(lab, "start", "postfix", "--yes") == 0


def test_nobody_is_restarted_without_a_yes(lab: Lab, capture: Any) -> None:
    before = capture()
    assert _run(lab, "restart", "postfix") == 2
    assert _run(lab, "restart") == 2
    assert _run(lab, "restart", "sshd", "--yes") == 2
    assert capture()["postfix"]["pid"] == before["postfix"]["pid"]
