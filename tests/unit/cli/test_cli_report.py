"""``mailtui report``: the options it shares with pflogsumm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from tests.support.tools import Answer, RecordedTools

WAITING = {
    "queue_name": "deferred",
    "queue_id": "3A0B725E938",
    "arrival_time": 1_772_323_200,
    "message_size": 2048,
    "forced_expire": False,
    "sender": "anna@shop.example",
    "recipients": [{"address": "bob@full.example", "delay_reason": "\x1b[2Jfull"}],
}


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    path = tmp_path / "mail.log"
    path.write_text(
        "".join(
            f"2026-03-01T00:00:0{number} mx postfix/smtpd[1]: 4A{number}: client=pc.example[192.0.2.7]\n"
            f"2026-03-01T00:00:0{number} mx postfix/qmgr[2]: 4A{number}: from=<{sender}>, size=9, nrcpt=1 (queue active)\n"
            for number, sender in enumerate(
                ("list-return-1@x.example", "list-return-2@x.example", "List-return-2@x.example")
            )
        )
    )
    return path


def queue_answers(monkeypatch: pytest.MonkeyPatch, queue: str | Answer) -> None:
    monkeypatch.setattr(Context, "tools", RecordedTools({"postqueue -j": queue, "postconf -x": ""}))


def test_the_queue_of_now_stands_at_the_end(
    log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queue_answers(monkeypatch, json.dumps(WAITING))
    assert main(["report", "--mailq", str(log)]) == 0
    _, title, queue = capsys.readouterr().out.partition("In the queue now")
    assert title
    assert "3A0B725E938" in queue
    assert "<anna@shop.example> → <bob@full.example>" in queue
    assert "\x1b" not in queue


def test_an_empty_queue_is_told(log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    queue_answers(monkeypatch, "")
    assert main(["report", "--mailq", str(log)]) == 0
    assert capsys.readouterr().out.endswith("In the queue now\n  no message\n")


def test_a_queue_in_the_json_of_a_report_is_refused_with_the_command_that_gives_it(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--mailq", "--json", str(log)]) != 0
    assert "mailtui queue list --json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "senders"),
    [([], 3), (["-i"], 2), (["--verp-mung=1"], 2), (["--ignore-case", "--verp-mung=1"], 1)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_senders_that_are_one_are_counted_as_one(
    options: list[str], senders: int, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--json", *options, str(log)]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["senders"] == senders
