"""``mailtui service``: its exit status tells whether all is known to run."""

from __future__ import annotations

import pytest

from mailtui.cli.main import main
from mailtui.services.control.service import Control, Status


@pytest.mark.parametrize(
    ("states", "status"), [(("up", "up"), 0), (("up", "unknown"), 3), (("unknown", "down"), 1), (("up", "down"), 1)]
)
def test_what_is_not_known_is_not_fine(states: tuple[str, str], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.settings.settings_paths", lambda: ())
    found = tuple(Status(name, state) for name, state in zip(("postfix", "dovecot"), states, strict=True))
    monkeypatch.setattr(Control, "status", lambda _self: found)
    assert main(["service"]) == status
