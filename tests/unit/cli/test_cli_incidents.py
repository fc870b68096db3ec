"""``mailtui incidents``: what fails, how often, since when, and who must act."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailtui.cli.main import main

FAILED = (
    "2026-11-20T1{hour}:00:00+00:00 mx1 postfix/smtp[12]: 3Pt2mN2VXxznj{last}: to=<{to}>, relay=none, delay=30, "
    "delays=0.1/0/30/0, dsn=4.4.1, status=deferred (connect to mx.example.org[192.0.2.9]:25: Connection timed out)\n"
)
BOUNCED = (
    "2026-11-20T13:00:00+00:00 mx1 postfix/error[9]: 3Pt2mN2VXxznjx: to=<\x1b[31mnobody@alias.example>, relay=none, "
    "delay=0.1, delays=0.1/0/0/0, dsn=5.1.1, status=bounced (User unknown in virtual alias table)\n"
)
FINE = "2026-11-20T14:00:00+00:00 mx1 postfix/qmgr[9]: 3Pt2mN2VXxznjx: removed\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "mail.log"
    lines = [FAILED.format(hour=hour, last=last, to=f"{last}@example.org") for hour, last in ((0, "b"), (1, "c"))]
    path.write_text("".join([*lines, BOUNCED, FINE]))
    return path


def incidents(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    status = main(["incidents", "--json", *argv])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert status == (1 if found else 0)
    return found


def test_one_cause_is_one_incident(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = incidents(capsys, str(log))
    assert sorted(incident["count"] for incident in found) == [1, 2]
    several = next(incident for incident in found if incident["count"] == 2)
    keys = "id cause title who action severity count messages recipients first last samples"
    assert set(keys.split()) <= set(several)
    assert (several["messages"], several["recipients"]) == (2, 2)
    first, last = (datetime.fromisoformat(several[name]) for name in ("first", "last"))
    assert first == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert last == datetime(2026, 11, 20, 11, tzinfo=UTC)
    sample = several["samples"][0]
    assert (sample["source"], set(sample)) == (str(log), {"source", "offset", "text"})


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        (["--since", "2026-11-20T12:30+00:00"], [1]),
        (["--until", "2026-11-20T10:30+00:00"], [1]),
        (["--since", "2026-11-20T13:30+00:00"], []),
        (["--where", "recipient:*@example.org"], [2]),
        (["--where", "status:bounced"], [1]),
        (["--where", "nothing"], []),
    ],
)
def test_incidents_are_chosen_by_time_and_filter(
    log: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], counts: list[int]
) -> None:
    assert [incident["count"] for incident in incidents(capsys, *arguments, str(log))] == counts


def test_files_are_read_in_the_order_of_their_lines(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = log.read_text().splitlines(keepends=True)
    newer, older = tmp_path / "newer", tmp_path / "older"
    newer.write_text("".join(lines[2:]))
    older.write_text("".join(lines[:2]))
    together = incidents(capsys, str(log))
    apart = incidents(capsys, str(newer), str(older))
    times = [(incident["id"], incident["first"], incident["last"]) for incident in together]
    assert [(incident["id"], incident["first"], incident["last"]) for incident in apart] == times


def test_the_text_form_fits_80_columns_and_is_clean(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["incidents", str(log)]) == 1
    shown = capsys.readouterr().out
    assert "2 times, 2 messages, 2 recipients" in shown
    assert "\x1b" not in shown
    details = [line for line in shown.splitlines() if line.startswith("  ")]
    assert max(map(len, details)) <= 80


def test_nothing_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mail.log"
    path.write_text(FINE)
    assert main(["incidents", str(path)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "nothing failed\n")
