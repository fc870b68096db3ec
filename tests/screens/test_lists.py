"""What is promised of every list: a filter, its fields in the help, and what is shown in a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui.filters import parse
from mailtui.screens.dialogs import PromptDialog
from mailtui.screens.help import HelpScreen
from mailtui.screens.listing import ListScreen
from tests.screens.fake_changes import FakeChanges, history
from tests.screens.fake_stories import NOW
from tests.screens.queue.machine import services as machine
from tests.screens.test_console import console, text_of, until

NOWHERE = "nothing-holds-this"
LISTS = {
    "overview": "1",
    "incidents": "2",
    "incident": "2, enter",
    "queue": "4",
    "shape": "4, z",
    "changes": "5",
    "maps": "6",
    "entries": "6, enter",
    "mailboxes": "7",
    "mailboxes of a user": "7, enter",
    "certificates": "8",
    "certificate": "8, enter",
    "ports": "9",
    "findings": "0",
    "probes": "f4",
    "configuration": "f6",
    "deliverability": "f7",
    "addresses": "f8, a n n a @ x . e x enter",
    "rules": "f8, escape, c",
}
"""The keys to every list, from the first screen; a comma waits for another screen."""


def listed(pilot: Pilot[None]) -> ListScreen:
    assert isinstance(pilot.app.screen, ListScreen)
    return pilot.app.screen


async def filled(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ListScreen) and bool(listed(pilot).line_table.saved_keys))


async def opened(pilot: Pilot[None], steps: str) -> None:
    for step in steps.split(", "):
        before = pilot.app.screen
        await pilot.press(*step.split())
        if step != "1":
            await until(pilot, partial(_left, pilot, before))
    await filled(pilot)


def _left(pilot: Pilot[None], before: object) -> bool:
    return pilot.app.screen is not before


async def written(pilot: Pilot[None], text: str) -> None:
    await pilot.press("slash")
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))
    pilot.app.focused.value = text  # type: ignore[union-attr]
    await pilot.press("enter")


@pytest.mark.parametrize("keys", LISTS.values(), ids=LISTS)
async def test_every_list_is_filtered_explained_and_saved(keys: str) -> None:
    async with console(replace(machine(), changes=FakeChanges(history(NOW)))) as pilot:
        await opened(pilot, keys)
        view, rows = listed(pilot), listed(pilot).line_table
        names = view.FIELDS.partition("(")[0].split() or rows.field_names
        parse(" ".join(f"{name}:x" for name in names))
        everything = tuple(rows.saved_keys)
        assert view.saveable()[1]

        await written(pilot, NOWHERE)
        await until(pilot, lambda: not rows.saved_keys)
        assert pilot.app.focused is rows, "the keys go to the rows again"
        assert "matches the filter" in text_of(pilot)
        await written(pilot, "")
        await until(pilot, lambda: tuple(rows.saved_keys) == everything)

        await pilot.press("space")
        assert len(rows.saved_keys) == 1 and len(view.saveable()[1].splitlines()) <= len(everything) + 40
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, PromptDialog))
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert "The filter knows" in text_of(pilot)
