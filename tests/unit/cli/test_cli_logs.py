"""Which logs a command reads, and what it says of those it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError, ToolFailed
from tests.support.tools import RecordedTools


def test_a_log_that_cannot_be_read_is_named_beside_what_the_others_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A report without Dovecot's half, or without Postfix's, is not to look whole."""
    log = tmp_path / "mail.log"
    log.write_text("2026-03-01T00:00:00 mx postfix/smtpd[1]: 4A1: client=pc.example[192.0.2.7]\n")
    postfix, dovecot = f"postconf -c {tmp_path} -x", f"doveconf -c {tmp_path / 'd.conf'}"
    answers: dict[str, str | MailtuiError] = {
        postfix: f"mail_version = 3.7.11\nmaillog_file = {log}\n",
        f"{dovecot} log_path": ToolFailed(["doveconf"], 89, "line 3: Garbage"),
    }
    monkeypatch.setattr(Context, "tools", RecordedTools(answers))
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    options = ["--postfix-config", str(tmp_path), "--dovecot-config", str(tmp_path / "d.conf")]
    assert main([*options, "trace", "4A2"]) == 1
    told = capsys.readouterr().err
    assert told.count("not read: Dovecot does not tell where it logs") == 1
    assert "no message fits" in told


@pytest.mark.parametrize("line", ["2026-11-21 10:00:00,123 INFO [main] com.foo.Bar something", "\x00\x01 neither"])
def test_a_log_that_tells_nothing_of_mail_is_not_said_to_be_without_failures(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "app.log"
    log.write_text(f"{line}\n" * 30)
    assert main(["incidents", str(log)]) == 0
    assert capsys.readouterr().err == "none of the 30 lines tells of mail: is it the mail log?\n"


def test_a_few_lines_that_tell_nothing_of_mail_are_not_called_calm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "exim.log"
    log.write_text("2026-02-13 20:46:31 1r0abc-0001xy-2Z <= a@b.example H=x [192.0.2.1] P=esmtps S=123\n" * 5)
    assert main(["incidents", str(log)]) == 0
    assert capsys.readouterr().err == "none of the 5 lines tells of mail\n"


def test_an_array_of_json_is_told_how_to_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "api.json"
    log.write_text('[{"time":"1771015591","program":"postfix/smtpd","message":"fatal: x"}]\n')
    assert main(["incidents", str(log)]) == 0
    assert "jq -c '.[]' FILE" in capsys.readouterr().err
