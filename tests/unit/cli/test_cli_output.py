"""Colour only where a terminal wants it, and no stranger's escape anywhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from mailtui.cli.output import Output


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_gets_colour_and_clean_text() -> None:
    assert Output(Terminal()).styled("a\x1b[5mb", "bold", "red") == "\x1b[1;31ma␛[5mb\x1b[0m"


@pytest.mark.parametrize("reason", ["pipe", "NO_COLOR", "TERM"])
def test_no_colour_where_none_is_wanted(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if reason == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    if reason == "TERM":
        monkeypatch.setenv("TERM", "dumb")
    stream = io.StringIO() if reason == "pipe" else Terminal()
    assert Output(stream).styled("a\x1b", "bold") == "a␛"


def test_wrapping_keeps_the_name_in_the_indent_and_80_columns() -> None:
    lines = list(Output(io.StringIO()).wrapped("word " * 40, 12, "  reason"))
    assert lines[0].startswith("  reason    word")
    assert lines[1].startswith(" " * 12 + "word")
    assert max(map(len, lines)) <= 80
    assert list(Output(io.StringIO()).wrapped("", 12, "  reason")) == ["  reason"]


def test_narration_stays_off_the_data() -> None:
    out, err = io.StringIO(), io.StringIO()
    output = Output(out, err)
    output.note("two\nlines")
    output.problem("first\nsecond\x07", "do \x1bthis")
    assert out.getvalue() == ""
    assert err.getvalue() == "two␊lines\nmailtui: first\nsecond␇\n  do ␛this\n"


def test_a_list_of_very_many_is_written_one_by_one() -> None:
    out = io.StringIO()
    written: list[str] = []

    def values() -> Iterator[object]:
        for number in range(3):
            written.append(out.getvalue())
            yield {"n": number}

    Output(out).json_list(values())
    assert written == ["", '[{"n": 0}', '[{"n": 0},\n{"n": 1}']
    assert json.loads(out.getvalue()) == [{"n": 0}, {"n": 1}, {"n": 2}]
    empty = io.StringIO()
    Output(empty).json_list(())
    assert empty.getvalue() == "[]\n"
