"""One command line becomes one command and its arguments, wherever the global options stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.cli import commands
from mailtui.cli.parser import command_parser, console_parser, split_command

GLOBALS = st.lists(
    st.sampled_from([["--log", "a"], ["--log=b"], ["--settings", "info"], ["--read-only"], ["--json"]]),
    max_size=4,
)


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("", "", ""),
        ("--version", "", "--version"),
        ("parse x", "parse", "x"),
        ("--log parse parse x", "parse", "--log parse x"),
        ("--log=parse trace x", "trace", "--log=parse x"),
        ("--read-only --json trace -- -x", "trace", "--read-only --json -- -x"),
        ("-- trace x", "trace", "x"),
        ("--log x --", "", "--log x"),
        ("--log", "", "--log"),
    ],
)
def test_the_command_is_found(line: str, command: str, rest: str) -> None:
    assert split_command(line.split()) == (command, rest.split())


@given(GLOBALS, GLOBALS)
def test_global_options_mean_the_same_on_both_sides(before: list[list[str]], after: list[list[str]]) -> None:
    options = [word for option in before + after for word in option]
    split = len([word for option in before for word in option])
    name, rest = split_command([*options[:split], "parse", *options[split:], "x"])
    args = command_parser(name).read(rest)
    assert name == "parse"
    assert args.files == [Path("x")]
    expected = [Path("a" if option[0] == "--log" else "b") for option in before + after if "--log" in option[0]]
    assert args.log == expected
    assert args.read_only == (["--read-only"] in before + after)


def test_files_and_options_may_be_mixed() -> None:
    parser = command_parser("parse")
    args = parser.read(["a", "--json", "b", "--", "-c"])
    assert args.files == [Path("a"), Path("b"), Path("-c")]
    assert args.json


def test_what_begins_with_a_dash_can_be_traced() -> None:
    args = command_parser("trace").read(["--json", "--", "-id@x", "-file"])
    assert (args.query, args.files) == ("-id@x", [Path("-file")])


def test_a_value_may_begin_with_a_dash() -> None:
    args = command_parser("queue").read(["--sort", "-age", "--where", "-reason:quota"])
    assert (args.sort, str(args.where)) == ("-age", "-reason:quota")


def test_options_may_not_be_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_parser("parse").read(["--js"])
    assert "--js" in capsys.readouterr().err


@pytest.mark.parametrize("name", commands.SUMMARIES)
def test_every_command_shows_examples_that_its_own_parser_reads(name: str) -> None:
    import shlex

    parser = command_parser(name)
    examples = [line for line in commands.load(name).EXAMPLES.splitlines() if line.strip().startswith("mailtui")]
    assert examples
    for line in examples:
        words = shlex.split(line.split("  ")[1].split(" | ")[0].split(" > ")[0])
        command, rest = split_command(words[1:])
        assert command == name
        parser.read(rest)


@pytest.mark.parametrize("name", ["", *commands.SUMMARIES])
def test_help_fits_80_columns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = (command_parser(name) if name else console_parser()).format_help()
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert "examples:" in text
