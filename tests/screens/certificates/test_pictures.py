"""Certificates and ports as they look, large and small."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.screens.fake_console import console
from tests.screens.standing import stand_still
from tests.screens.test_console import text_of, until

SMALL, LARGE = (80, 24), (160, 50)
Compare = Callable[..., bool]


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    """Wait for what the ports have told, then press on."""

    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        await until(pilot, lambda: app.live is not None and app.pulse is not None)  # type: ignore[attr-defined]
        await pilot.press(keys[0])
        await until(pilot, lambda: "mail.example.org" in text_of(pilot) and "… asking" not in text_of(pilot))
        await pilot.press(*keys[1:])
        await pilot.pause()
        await stand_still(pilot)

    return prepare


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("keys", [("8",), ("8", "enter"), ("9",)], ids=["certificates", "certificate", "ports"])
def test_view(snap_compare: Compare, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(console("fine"), run_before=pressing(*keys), terminal_size=size)
