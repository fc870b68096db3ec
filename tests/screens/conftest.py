"""One zone, one host, one terminal for every screen test."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from textual.app import App

LONG = 600.0
"""Seconds a notice stays: on a loaded machine more than the console's five may pass before a test looks."""
TERMINAL_VARIABLES = ("NO_COLOR", "COLORFGBG", "TMUX", "SSH_CONNECTION", "SSH_TTY", "LC_ALL", "LC_CTYPE", "LANG")


@pytest.fixture(autouse=True)
def fixed_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """UTC, nothing of the developer's own terminal, and notices that wait to be read."""
    monkeypatch.setattr(App, "NOTIFICATION_TIMEOUT", LONG)
    for name in TERMINAL_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
