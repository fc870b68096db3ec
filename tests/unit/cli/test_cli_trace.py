"""``mailtui trace``: the story of a message, and nothing of the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from tests.support.tools import RecordedTools

ONE = "3Pt2mN2VXxznjll"
TWO = "3Pt2mN2VXxznjmm"
LINES = [
    "{id}: client=mail.example[192.0.2.1], sasl_method=PLAIN, sasl_username=anna",
    "{id}: message-id=<{id}@shop.example>",
    "{id}: from=<anna@shop.example>, size=2048, nrcpt=1 (queue active)",
    "{id}: to=<{to}>, orig_to=<sales@example.org>, relay=none, delay=90, delays=0.1/0/89/0.9, dsn=4.4.1, "
    "status=deferred (connect to mx.example.org[192.0.2.9]:25: Connection timed out)",
]
DAEMONS = ["smtpd", "cleanup", "qmgr", "smtp"]


def story_lines(queue_id: str, to: str, hour: int) -> list[str]:
    return [
        f"2026-11-20T{hour:02}:00:0{number}+00:00 mx1 postfix/{daemon}[{number}]: {text.format(id=queue_id, to=to)}"
        for number, (daemon, text) in enumerate(zip(DAEMONS, LINES, strict=True))
    ]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    lines = [*story_lines(ONE, "bob@example.org", 10), *story_lines(TWO, "carol@example.net", 11)]
    path.write_text("\n".join(lines) + "\n")
    return path


def traced(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    assert main(["trace", "--json", *argv]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_a_story_under_the_names_of_the_log(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (story,) = traced(capsys, ONE, str(log))
    keys = "queue_ids message_ids from size client sasl_username arrived outcome recipients bounces parents lines"
    assert set(keys.split()) <= set(story)
    assert story["queue_ids"] == [ONE]
    assert (story["from"], story["size"], story["sasl_username"]) == ("anna@shop.example", 2048, "anna")
    assert story["outcome"] == "deferred"
    (recipient,) = story["recipients"]
    keys = "to orig_to status dsn relay reason cause who action mailbox attempts"
    assert set(keys.split()) <= set(recipient)
    assert (recipient["to"], recipient["orig_to"]) == ("bob@example.org", "sales@example.org")
    assert recipient["attempts"][0]["delays"] == [0.1, 0.0, 89.0, 0.9]
    raw = log.read_bytes()
    for line in story["lines"]:
        assert line["source"] == str(log)
        assert raw[line["offset"] :].startswith(line["text"].encode())


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([TWO], [TWO]),
        ([f"<{TWO}@shop.example>"], [TWO]),
        (["carol@example.net"], [TWO]),
        (["anna@shop.example"], [ONE, TWO]),
        (["--where", "recipient_domain:example.net"], [TWO]),
        (["--where", "recipient:sales delay>1m"], [ONE, TWO]),
        (["anna@shop.example", "--where", "to:bob"], [ONE]),
    ],
)
def test_what_can_be_asked_for(
    log: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], found: list[str]
) -> None:
    stories = traced(capsys, *arguments, str(log))
    assert [story["queue_ids"] for story in stories] == [[queue_id] for queue_id in found]


def test_the_text_form_tells_what_happened(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", ONE, str(log)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{ONE}  deferred  2026-11-")
    assert "<anna@shop.example>, 2.0 kB" in shown
    assert "logged in as anna" in shown
    assert "<bob@example.org> (was sales@example.org)" in shown
    assert " ".join(shown.split()).find("1m 29s of it connecting") > 0
    details = [line for line in shown.splitlines() if " postfix/" not in line]
    assert max(map(len, details)) <= 80


def test_nothing_found(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "nobody@nowhere.example", str(log)]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "no message fits in these logs\n")


@pytest.mark.parametrize("line", ["trace", "trace --json", "trace x -"])
def test_what_cannot_be_asked_for(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    assert ("error" in capsys.readouterr().out) == ("--json" in line)


def test_rotated_files_are_searched_when_the_log_itself_has_nothing(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "mailtui.toml"
    settings.write_text("")
    (tmp_path / "mail.log.1").write_bytes(log.read_bytes())
    log.write_text("")
    monkeypatch.setattr(Context, "tools", RecordedTools())
    monkeypatch.setattr("mailtui.services.logs.discovery.SYSLOG_FILES", (log,))
    (story,) = traced(capsys, "--settings", str(settings), ONE)
    assert story["lines"][0]["source"] == str(tmp_path / "mail.log.1")
