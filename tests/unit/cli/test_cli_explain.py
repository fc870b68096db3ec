"""``mailtui explain``: a text, a code or a whole log line becomes a cause and a next action."""

from __future__ import annotations

import json

import pytest

from mailtui.cli.main import main

BOUNCED = (
    "2026-11-20T10:00:00+01:00 mx1 postfix/virtual[9]: 3Pt2mN2VXxznjll: to=<nobody@example.org>, relay=virtual, "
    'delay=0.1, delays=0.1/0/0/0, dsn=5.1.1, status=bounced (unknown user: "nobody@example.org")'
)


def explained(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, str]:
    assert main(["explain", "--json", *argv]) == 0
    found: dict[str, str] = json.loads(capsys.readouterr().out)
    assert list(found) == ["rule", "cause", "who", "meaning", "action"]
    assert all(found.values())
    return found


def test_a_text_in_one_or_several_words(capsys: pytest.CaptureFixture[str]) -> None:
    whole = explained(capsys, "User unknown in virtual mailbox table")
    assert whole == explained(capsys, "User", "unknown", "in", "virtual", "mailbox table")
    assert whole["rule"] == "unknown_vmbox"


def test_a_whole_log_line_is_read_for_its_reason_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, BOUNCED) == explained(capsys, "--dsn", "5.1.1", 'unknown user: "nobody@example.org"')


def test_the_text_form_names_who_must_do_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--", "User unknown in virtual mailbox table"]) == 0
    shown = capsys.readouterr().out
    assert "  who must act" in shown
    assert "  do" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_no_rule_knows_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "zzz \x1b[31m"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no rule knows" in captured.err
    assert main(["explain", "--json", "zzz"]) == 1
    assert json.loads(capsys.readouterr().out) is None
