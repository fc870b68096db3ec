"""The shape of the queue by keyboard only, and the filter behind each number."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.filters import parse
from mailtui.screens.queue import QueueScreen, ShapeScreen
from mailtui.screens.queue.shape_cells import GROUPINGS, TITLES, filter_of
from mailtui.services.postfix.queue.select import select
from mailtui.services.postfix.queue.shape import BUCKETS, shape
from tests.screens.fake_stories import NOW
from tests.screens.queue.machine import ENTRIES, services
from tests.screens.queue.test_list import ids
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("4")
    await until(pilot, lambda: "8 messages" in text_of(pilot))
    await pilot.press("z")
    await showing(pilot, ShapeScreen)
    await until(pilot, lambda: "slow.example" in text_of(pilot))


async def test_a_number_opens_the_messages_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.postfix.queue.select.time.time", lambda: NOW)
    async with console(services()) as pilot:
        await opened(pilot)
        await pilot.press("down")
        await until(pilot, lambda: "by domain: slow.example" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, QueueScreen)
        await until(pilot, lambda: sorted(ids(pilot)) == ["aaaa", "bbbb", "ffff"])
        await pilot.press("escape")
        await showing(pilot, ShapeScreen)
        await pilot.press(*["right"] * 2)
        await until(pilot, lambda: "slow.example, 5m to 10m" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: ids(pilot) == ["bbbb"])


async def test_brackets_group_by_something_else() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "win@spam.example" in text_of(pilot))
        await pilot.press("s", "3")
        await until(pilot, lambda: "greylist" in text_of(pilot))


async def test_the_shape_is_of_what_the_list_showed() -> None:
    async with console(services()) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "8 messages" in text_of(pilot))
        await pilot.press("slash", *"sasl_username:carl", "enter")
        await until(pilot, lambda: "3 of 8" in text_of(pilot))
        await pilot.press("z")
        await until(pilot, lambda: "3 messages" in text_of(pilot))


@pytest.mark.parametrize("by", [by for by, _ in GROUPINGS])
def test_every_number_is_what_its_filter_finds(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.services.postfix.queue.select.time.time", lambda: NOW)
    counted = shape(ENTRIES, by, NOW)
    assert len(TITLES) == len(BUCKETS) + 1
    for row in (*counted.rows, None):
        numbers = (row or counted.total).counts
        for column, number in enumerate(numbers):
            found = select(ENTRIES, parse(filter_of(by, row.name if row else None, str(column))))
            assert len(found) == number, (by, row, column)
