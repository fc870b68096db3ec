"""Lists of what both programs have: a half that is missing is told."""

from __future__ import annotations

import pytest

from mailtui.cli.context import Context
from mailtui.cli.main import main
from mailtui.host.errors import MailtuiError, ToolFailed, ToolMissing
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.inventory import Inventory
from mailtui.services.tls.listeners import Listeners
from tests.support.tools import RecordedTools


@pytest.mark.parametrize("command", ["cert list", "tls ports"])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ToolFailed(["doveconf"], 89, "doveconf: Fatal: line 75: Garbage"), "without Dovecot's: doveconf: Fatal: line"),
        (ToolMissing("doveconf"), ""),
    ],
)
def test_the_half_that_is_missing_is_told(
    command: str, error: MailtuiError, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(_self: DovecotConfig, _name: str) -> str:
        raise error

    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    monkeypatch.setattr(Context, "tools", RecordedTools())
    monkeypatch.setattr(PostfixConfig, "services", ())
    monkeypatch.setattr(DovecotConfig, "get", silent)
    monkeypatch.setattr(Inventory, "held", lambda _self: ())
    monkeypatch.setattr(Listeners, "rows", lambda _self: ())
    assert main(command.split()) == 0
    said = capsys.readouterr().err
    assert (told in said) if told else ("without" not in said)
