"""Parameters are set in the real Postfix and Dovecot: tested first, read back, put back."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailtui.cli.main import main
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.wait import wait_until
from mailtui.services.configuration import reloading
from mailtui.services.dovecot.config import DovecotConfig


@pytest.fixture(autouse=True)
def _quick(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postfix waits up to two seconds before it reads a file that was changed just now."""
    monkeypatch.setattr(reloading, "SETTLED", 0.2)
    for name in ("main.cf", "master.cf"):
        os.utime(lab.postfix_config / name, (1, 1))


def _run(lab: Lab, *words: str) -> int:
    return main([*lab.options(), *words])


def _last_change(lab: Lab, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    _run(lab, "changes")
    return capsys.readouterr().out.split()[0]


def _state(lab: Lab) -> dict[str, tuple[bytes, int, int]]:
    """Every file of both configurations, with mode and owner."""
    files = [
        path
        for folder in (lab.postfix_config, lab.dovecot_config.parent)
        for path in folder.iterdir()
        if path.is_file()
    ]
    return {str(path): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode), path.stat().st_uid) for path in files}


def test_a_parameter_of_main_cf_is_set_read_back_and_undone(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "postfix", "smtpd_banner=$myhostname ESMTP tested", "--yes") == 0
    assert lab.command("postconf", "-h", "smtpd_banner").strip() == "$myhostname ESMTP tested"
    after = _state(lab)
    assert {name for name in after if after[name] != before[name]} == {str(lab.postfix_config / "main.cf")}
    assert after[str(lab.postfix_config / "main.cf")][1:] == before[str(lab.postfix_config / "main.cf")][1:]
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_a_parameter_of_one_service_stands_in_master_cf(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    service = next(
        line.split()[0] for line in lab.command("postconf", "-M").splitlines() if line.split()[7].startswith("smtpd")
    )
    name = f"{service}/inet/smtpd_client_message_rate_limit"
    assert _run(lab, "config", "set", "postfix", f"{name}=17", "--yes") == 0
    assert lab.command("postconf", "-P", name).strip() == f"{name} = 17"
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_a_service_of_master_cf_is_made_changed_and_undone(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    service = "127.0.0.1:64025/inet"
    words = [
        f"{service}=127.0.0.1:64025 inet n - n - - smtpd",
        f"{service}/smtpd_banner=$myhostname",
        f"{service}/chroot=y",
    ]
    assert _run(lab, "config", "set", "postfix", *words, "--yes") == 0
    assert lab.command("postconf", "-M", service).split()[4] == "y"
    assert lab.command("postconf", "-P").strip().endswith("smtpd_banner = $myhostname")
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_what_postfix_would_complain_of_is_not_installed(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "postfix", "smtpd_bannner=x", "--yes") == 3
    assert "Postfix would complain" in capsys.readouterr().err
    assert _state(lab) == before


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("message_size_limit=20MB", "message_size_limit: is no number: the daemon that reads it ends at once"),
        ("smtpd_helo_required=sure", "smtpd_helo_required: is neither yes nor no"),
        ("mailbox_size_limit=100", "mailbox_size_limit: is smaller than one message may be: local(8) ends at once"),
        ("gone/unix=gone unix - - n - - no-such-program", "gone/unix: its program no-such-program is not there"),
    ],
)
def test_what_a_daemon_would_end_with_is_not_installed(
    lab: Lab, capsys: pytest.CaptureFixture[str], setting: str, told: str
) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "postfix", setting, "--yes") == 3
    assert told in capsys.readouterr().err
    assert _state(lab) == before


def test_a_setting_of_dovecot_is_set_read_back_and_undone(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "dovecot", "mail_max_userip_connections=17", "--yes") == 0
    assert "mail_max_userip_connections = 17" in lab.command("doveconf", "mail_max_userip_connections")
    assert lab.command("doveadm", "who") is not None
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_a_block_of_dovecot_gets_a_setting(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "dovecot", "service imap-login { process_min_avail=2", "--yes") == 0
    text = lab.command("doveconf", "-n")
    assert "process_min_avail = 2" in text[text.index("service imap-login") :]
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_a_certificate_that_is_not_there_is_not_named_and_dovecot_not_stopped_for_it(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    before, configuration = _state(lab), lab.dovecot_config.read_text()
    new = DovecotConfig(LocalTools()).new_names
    name, value = ("ssl_server_cert_file", "/nonexistent") if new else ("ssl_cert", "</nonexistent")
    assert _run(lab, "config", "set", "dovecot", f"{name}={value}", "--yes") == 3
    told = capsys.readouterr().err
    assert f"{name}: " in told
    assert "/nonexistent" in told
    assert _state(lab) == before
    lab.dovecot_config.write_text(f"{configuration}{name} = {value}\n")  # by hand
    try:
        for verb in ("reload", "restart"):
            assert _run(lab, "service", verb, "dovecot", "--yes") == 1
            assert "No such file or directory" in "".join(capsys.readouterr())
        assert _run(lab, "config", "check") == 1
        assert "/nonexistent" in capsys.readouterr().out
        assert lab.command("doveadm", "who") is not None, "it runs"
    finally:
        lab.dovecot_config.write_text(configuration)
        lab.command("doveadm", "reload")


def test_a_setting_of_another_version_is_refused_with_its_present_name(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    new = DovecotConfig(LocalTools()).new_names
    old, present = ("ssl_cert", "ssl_server_cert_file") if new else ("ssl_server_cert_file", "ssl_cert")
    assert _run(lab, "config", "set", "dovecot", f"{old}={lab.certificate}", "--yes") == 3
    assert present in capsys.readouterr().err


def test_a_key_of_dovecot_is_named_and_read_back(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    new = DovecotConfig(LocalTools()).new_names
    other = lab.key.with_name("other.key")
    other.write_bytes(lab.key.read_bytes())
    name, value = ("ssl_server_key_file", str(other)) if new else ("ssl_key", f"<{other}")
    assert _run(lab, "config", "set", "dovecot", f"{name}={value}", "--yes") == 0
    assert str(other) in lab.command("doveconf", "-n", "-P")  # 2.4 shows it in a block, and the default by its name
    assert _run(lab, "undo", _last_change(lab, capsys), "--yes") == 0
    assert _state(lab) == before


def test_a_value_that_doveconf_writes_otherwise_is_proven_all_the_same(lab: Lab) -> None:
    assert _run(lab, "config", "set", "dovecot", "auth_failure_delay=60s", "--dry-run") == 0


def test_a_secret_stands_in_no_journal(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "dovecot", "doveadm_password=hush", "--yes") == 2
    assert "hush" not in "".join(capsys.readouterr())
    assert _state(lab) == before


@pytest.mark.parametrize("wrong", ["no_such_setting=1", "mail_max_userip_connections=many"])
def test_what_would_stop_dovecot_is_not_installed(lab: Lab, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    before = _state(lab)
    assert _run(lab, "config", "set", "dovecot", wrong, "--yes") == 3
    assert "Dovecot would not start" in capsys.readouterr().err
    assert _state(lab) == before


@pytest.mark.slow
def test_a_file_edited_meanwhile_is_left_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtui.services.configuration import plans

    original = plans.ConfigPlans.steps

    def edited_behind(*args: object, **kwargs: object) -> object:
        made = original(*args, **kwargs)  # type: ignore[arg-type]
        with (lab.postfix_config / "main.cf").open("a") as file:
            file.write("# somebody else\n")
        return made

    kept = (lab.postfix_config / "main.cf").read_bytes()
    monkeypatch.setattr(plans.ConfigPlans, "steps", edited_behind)
    try:
        assert _run(lab, "config", "set", "postfix", "smtpd_banner=x", "--yes") == 1
        assert (lab.postfix_config / "main.cf").read_bytes() == kept + b"# somebody else\n"
    finally:
        (lab.postfix_config / "main.cf").write_bytes(kept)


def test_the_old_text_comes_back_when_the_reload_fails(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtui.host.errors import HostError
    from mailtui.services.configuration.proof import ConfigurationProof

    def fail(*_: object) -> None:
        raise HostError("it is not so")

    before = _state(lab)
    monkeypatch.setattr(ConfigurationProof, "apply", fail)
    assert _run(lab, "config", "set", "postfix", "smtpd_banner=x", "--yes") == 1
    assert _state(lab) == before
    assert wait_until(lambda: lab.command("postconf", "-h", "smtpd_banner").strip() != "x", 5)


def test_the_drop_in_is_read_after_the_files_that_are_there(tmp_path: Path) -> None:
    from mailtui.services.configuration import dovecot_edit, dovecot_text
    from mailtui.services.configuration.model import Setting

    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/10-a.conf").write_text("one = 1\n")
    main_file = tmp_path / "dovecot.conf"
    main_file.write_text("!include conf.d/*.conf\n!include_try local.conf\n")
    new = dovecot_edit.edited(dovecot_text.read_sources(main_file), Setting("two", "2"))
    assert new.texts[tmp_path / "conf.d/99-mailtui.conf"].splitlines()[-1] == "two = 2"
    assert new.flat().splitlines()[0] == "one = 1"
    newer = dovecot_edit.edited(new, Setting("one", None))
    assert "one" not in newer.flat()


@pytest.mark.slow
def test_what_is_read_at_the_start_only_restarts_the_program(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtui.services.control import deed

    monkeypatch.setattr(deed, "SETTLED", 0.0)
    pid = (lab.run / "master.pid").read_text()
    assert _run(lab, "config", "set", "dovecot", "instance_name=other", "--yes") == 0
    assert wait_until(lambda: (lab.run / "master.pid").read_text() != pid, 5)
    assert lab.command("doveadm", "who") is not None
