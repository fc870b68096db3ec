"""The tables of these tests are played by the tools alone: none of them lies on this machine's disk."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def tables_that_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing speaks against asking a table."""
    monkeypatch.setattr("mailtui.services.postfix.addresses.lookups.why_not_opened", lambda _table: "")
