"""A view that is closed is gone: nothing of the console keeps it."""

from __future__ import annotations

import gc

from mailtui.screens.incident import IncidentScreen
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, until


async def test_a_closed_view_is_let_go() -> None:
    async with console(FakeServices()) as pilot:
        for _ in range(3):
            await pilot.press("2", "enter")
            await showing(pilot, IncidentScreen)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, IncidentScreen))
        gc.collect()
        kept = [one for one in gc.get_objects() if isinstance(one, IncidentScreen)]
        assert len(kept) <= 1, "Textual itself may still know the last one"
