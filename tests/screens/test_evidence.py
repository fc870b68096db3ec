"""What is known of a failure goes into a new file, from the message and from the incident."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from mailtui.screens.incident import IncidentScreen
from mailtui.screens.message import MessageScreen
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, until


@pytest.mark.parametrize(
    ("keys", "screen", "told"),
    [
        (("2", "enter"), IncidentScreen, "evidence of "),
        (("2", "enter", "enter"), MessageScreen, "evidence of 1 messages; no incident"),
    ],
)
async def test_x_gathers_and_asks_where_to_write_it(
    tmp_path: Path, keys: tuple[str, ...], screen: type, told: str
) -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press(*keys)
        await showing(pilot, screen)
        await pilot.press("x")
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        field = pilot.app.screen.query_one(Input)
        assert field.value.startswith("~/mailtui-evidence-")
        field.value = str(tmp_path / "ticket.txt")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "ticket.txt").exists())
        assert (tmp_path / "ticket.txt").read_text().startswith(told)
