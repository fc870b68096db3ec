"""Lists of what both programs have: a half that is missing is told, and is 3 where its program is installed."""

from __future__ import annotations

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError, ToolFailed, ToolMissing
from mailtui.services.configuration.listing import Listing, Parameter
from mailtui.services.configuration.model import Program
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.inventory import Inventory
from mailtui.services.tls.listeners import Listeners
from tests.support.tools import RecordedTools


@pytest.mark.parametrize("command", ["cert list", "tls ports"])
@pytest.mark.parametrize(
    ("error", "told", "status"),
    [
        (
            ToolFailed(["doveconf"], 89, "doveconf: Fatal: line 75: Garbage"),
            "without Dovecot's: doveconf: Fatal: line",
            3,
        ),
        (ToolMissing("doveconf"), "", 0),
    ],
)
def test_the_half_that_is_missing_is_told(
    command: str,
    error: MailtuiError,
    told: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def silent(_self: DovecotConfig, _name: str) -> str:
        raise error

    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    monkeypatch.setattr(Context, "tools", RecordedTools())
    monkeypatch.setattr(PostfixConfig, "services", ())
    monkeypatch.setattr(DovecotConfig, "get", silent)
    monkeypatch.setattr(Inventory, "held", lambda _self: ())
    monkeypatch.setattr(Listeners, "rows", lambda _self: ())
    assert main(command.split()) == status
    said = capsys.readouterr().err
    assert (told in said) if told else ("without" not in said)


@pytest.mark.parametrize(
    ("error", "status"),
    [(ToolFailed(["doveconf"], 89, "doveconf: Fatal: line 75: Garbage"), 3), (ToolMissing("doveconf"), 0)],
)
def test_parameters_of_the_other_program_are_listed(
    error: MailtuiError, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def of(_self: Listing, program: Program) -> tuple[Parameter, ...]:
        if program == "dovecot":
            raise error
        return (Parameter("postfix", "myhostname", "", None, "mail.example"),)

    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    monkeypatch.setattr(Context, "tools", RecordedTools())
    monkeypatch.setattr(Listing, "of", of)
    assert main(["config", "list"]) == status
    told = capsys.readouterr()
    assert "myhostname = mail.example" in told.out
    assert error.message in told.err
    assert main(["config", "list", "no-such-word"]) == (status or 1)
