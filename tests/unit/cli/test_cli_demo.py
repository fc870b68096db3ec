"""``mailtui demo`` and the bare ``mailtui``: the console is opened on the right machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mailtui.cli import console
from mailtui.cli.context import Context
from mailtui.cli.main import main


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Context]:
    """The contexts the console was opened with."""
    contexts: list[Context] = []

    def open_console(context: Context) -> int:
        contexts.append(context)
        return 0

    monkeypatch.setattr(console, "open_console", open_console)
    return contexts


def test_the_demo_points_the_console_at_its_lab(
    opened: list[Context], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "mailtui.toml"
    settings.write_text('theme = "nord"\nlogs = ["/var/log/mail.log"]\n')
    rates: list[float] = []

    def run_demo(start: Callable[[Sequence[str]], int], *, per_minute: float) -> int:
        rates.append(per_minute)
        return start(["--postfix-config=/lab/postfix", "--dovecot-config=/lab/dovecot.conf", "--state=/lab/state"])

    monkeypatch.setattr("mailtui.lab.demo.run_demo", run_demo)
    monkeypatch.setattr(console, "require_terminal", lambda: None)
    assert main(["demo", "--per-minute", "30", "--settings", str(settings), "--read-only"]) == 0
    assert rates == [30.0]
    (context,) = opened
    assert context.options.postfix_config == Path("/lab/postfix")
    assert context.settings.dovecot_config == Path("/lab/dovecot.conf")
    assert context.settings.state == Path("/lab/state")
    assert (context.settings.theme, context.settings.logs, context.settings.read_only) == ("nord", (), True)


def test_the_demo_starts_nothing_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def test_options_without_a_command_open_the_console(opened: list[Context], tmp_path: Path) -> None:
    settings = tmp_path / "mailtui.toml"
    settings.write_text('theme = "nord"\nread_only = false\n')
    assert main(["--settings", str(settings), "--read-only", "--log", "/x/mail.log"]) == 0
    (context,) = opened
    assert context.settings.read_only
    assert context.settings.theme == "nord"
    assert context.settings.logs == (Path("/x/mail.log"),)
