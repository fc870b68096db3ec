"""Whatever happens in a command becomes an exit status and a sentence, never a traceback."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import pytest

from mailtui import __version__
from mailtui.cli import commands
from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import PermissionDenied, ToolFailed, ToolMissing, UsageError


class FakeCommand:
    """A command that does what the test says."""

    EXAMPLES = "  mailtui fake"

    def __init__(self, action: Callable[[], int]) -> None:
        self.action = action

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--where")

    def run(self, args: argparse.Namespace, context: Context) -> int:
        context.output.line("data")
        return self.action()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], int]:
    def start(action: Callable[[], int]) -> int:
        monkeypatch.setitem(commands.SUMMARIES, "fake", "plays a command")
        monkeypatch.setattr(commands, "load", lambda name: FakeCommand(action))
        return main(["fake"])

    return start


def raising(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (
            UsageError("no such map", unlock="mailtui map list"),
            2,
            "mailtui: no such map\n  mailtui map list\n",
        ),
        (
            ToolMissing("postconf", unlock="apt install postfix"),
            3,
            "postconf is not installed\n  apt install",
        ),
        (PermissionDenied("/var/log/mail.log: no"), 3, "mailtui: /var/log/mail.log: no\n"),
        (ToolFailed(["postmap"], 1, "bad\x1b[31m table"), 1, "postmap: bad␛[31m table"),
        (FileNotFoundError(2, "No such file or directory", "x.log"), 2, "x.log: No such file or directory"),
        (PermissionError(13, "Permission denied", "y.log"), 3, "y.log: Permission denied\n  run it as"),
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (ZeroDivisionError("no"), 1, "a fault in mailtui: ZeroDivisionError: no (test_cli_main.py:"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_errors_are_told(
    run: Callable[[Callable[[], int]], int],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    words: str,
) -> None:
    assert run(raising(error)) == status
    captured = capsys.readouterr()
    assert words in captured.err
    assert bool(captured.err) == bool(words)
    assert "data" in captured.out


def test_the_status_of_the_command_is_the_status(run: Callable[[Callable[[], int]], int]) -> None:
    assert run(lambda: 0) == 0
    assert run(lambda: 1) == 1


def test_version_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"mailtui {__version__}\n"


def test_help_lists_every_command_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in commands.SUMMARIES)
    assert "examples:" in shown


def test_an_unknown_command_is_a_usage_error_with_a_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tracee", "x"]) == 2
    assert "did you mean trace?" in capsys.readouterr().err
    assert main(["\x1b[31m"]) == 2
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("line", ["--nosuch", "trace --nosuch", "completion tcsh", "parse --since someday"])
def test_wrong_arguments_are_usage_errors(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert "usage: mailtui" in captured.err
    assert captured.out == ""


def test_a_wrong_filter_is_shown_with_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--where", "status:deferred size>big"]) == 2
    assert "status:deferred size>big\n                     ^ size> wants" in capsys.readouterr().err


def test_the_console_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "needs a terminal" in capsys.readouterr().err
