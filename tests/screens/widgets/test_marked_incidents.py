"""Marks and orders where an operator meets them: on the list of incidents."""

from __future__ import annotations

from textual.pilot import Pilot

from mailtui.screens.dialogs import ChooseDialog
from mailtui.screens.incident_table import IncidentTable
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, text_of, until


def table(pilot: Pilot[None]) -> IncidentTable:
    return pilot.app.screen.query_one(IncidentTable)


async def test_marked_incidents_are_copied_and_saved_together() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("2", "space", "space")
        await until(pilot, lambda: "2 marked" in text_of(pilot))
        assert pilot.app.screen.saveable()[1].count("\n") == 2  # type: ignore[attr-defined]
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseDialog))
        assert "2 titles" in text_of(pilot)


async def test_nothing_is_ordered_while_rows_are_marked() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("2", "space", "S")
        await until(pilot, lambda: "While rows are marked they keep" in text_of(pilot))
        assert "reversed" not in text_of(pilot)
        under = table(pilot).cursor_key
        await pilot.press("U", "S")
        await until(pilot, lambda: "reversed" in text_of(pilot))
        assert table(pilot).cursor_key == under, "the cursor stays on its row"


async def test_a_click_on_a_title_orders_by_it() -> None:
    async with console(FakeServices(), (160, 40)) as pilot:
        await pilot.press("2")
        await pilot.click(IncidentTable, offset=(5, 0))
        await until(pilot, lambda: "Count ↓" in text_of(pilot))
        assert (table(pilot).cursor_key or "").startswith("tls")
