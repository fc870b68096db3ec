"""``doveadm auth test`` and what its answers mean; the password is never among its arguments."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtui.host.errors import ToolMissing
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.logs import LogSources
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.probes.doveadm import auth_test
from mailtui.services.probes.joined import LogMark
from mailtui.services.probes.model import Attempt
from mailtui.services.probes.sasl import Credentials
from mailtui.settings import Settings
from tests.support.tools import Answer, RecordedTools

_ARGV = "doveadm auth test -x service=imap -x rip=127.0.0.1 -- anna"


def asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer, secret: str = "s3cret", log: str = ""
) -> tuple[Attempt, RecordedTools]:
    monkeypatch.setattr("mailtui.services.probes.doveadm.lonely_source", lambda _: None)
    tools = RecordedTools({_ARGV: answer})
    file = tmp_path / "log"
    file.touch()
    settings = Settings(logs=(file,))
    mark = LogMark(tools, LogSources(tools, settings, PostfixConfig(tools), DovecotConfig(tools)))
    file.write_text(log)
    return auth_test(tools, DovecotConfig(tools), Credentials("anna", secret), mark, "imap"), tools


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer("passdb: anna auth succeeded\n"), "accepted"),
        (Answer("passdb: anna auth failed\n", code=77), "refused"),
        (
            Answer("", "Error: net_connect_unix(/run/dovecot/auth-client) failed: Permission denied\n", 77),
            "unreachable",
        ),
        (Answer("", "Fatal: connect(/run/dovecot/auth-client) failed: Connection refused\n", 75), "temporary"),
    ],
)
def test_what_each_of_doveadms_answers_means(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer, verdict: str
) -> None:
    made, tools = asked(monkeypatch, tmp_path, answer)
    assert made.verdict == verdict
    assert tools.inputs == [b"s3cret\n"] and not any("s3cret" in word for word in tools.calls[0])


def test_an_error_in_the_log_is_no_wrong_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log = "Nov 21 08:45:20 auth: Error: sql(anna,127.0.0.1): Password query failed: no connection\n"
    made, _ = asked(monkeypatch, tmp_path, Answer("passdb: anna auth failed\n", code=77), log=log)
    assert made.verdict == "temporary" and made.lines[0].text == log.strip()


def test_a_password_of_two_lines_asks_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made, tools = asked(monkeypatch, tmp_path, Answer(""), secret="a\nb")
    assert made.verdict == "unclear" and not tools.calls


def test_no_doveadm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(RecordedTools, "find", lambda *_: None)
    made, _ = asked(monkeypatch, tmp_path, Answer(""))
    assert made.verdict == "unreachable" and made.told == ToolMissing("doveadm").message
