"""Keys that come in one packet, as on a slow line, do what they would do one by one."""

from __future__ import annotations

from textual.app import App
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from mailtui.screens.dialogs import ConfirmDialog
from mailtui.screens.help import HelpScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.queue import QueueScreen
from mailtui.screens.queue.table import QueueTable
from mailtui.screens.widgets import FilterBar
from tests.screens.fakes import FakeServices
from tests.screens.queue.machine import services
from tests.screens.test_console import console, showing, until

NAMED = {"/": "slash", ":": "colon", "*": "asterisk", "?": "question_mark", ">": "greater_than_sign"}


def typed(pilot: Pilot[None], *keys: str) -> None:
    """All of them before any has been looked at."""
    app: App[None] = pilot.app
    for key in keys:
        app.post_message(Key(NAMED.get(key, key), key if len(key) == 1 else None))


async def test_a_filter_typed_with_the_key_of_its_view_filters_that_view() -> None:
    async with console(FakeServices()) as pilot:
        typed(pilot, "2", "/", *"size>1", "enter", "/")
        await showing(pilot, IncidentsScreen)
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert pilot.app.screen.query_one(FilterBar).query_one(Input).value == "size>1"
        assert not pilot.app.screen_stack[1:]


async def test_what_comes_after_a_filter_acts_on_the_rows_it_left() -> None:
    async with console(services()) as pilot:
        typed(pilot, "4", "/", *"sender:*@spam.example", "enter", "space")
        await showing(pilot, QueueScreen)
        table = pilot.app.screen.query_one(QueueTable)
        await until(pilot, lambda: len(table.arranged.rows) == 3)
        assert pilot.app.screen.query_one(Input).value == "sender:*@spam.example"
        await until(pilot, lambda: pilot.app.focused is table)


async def test_an_answer_typed_ahead_goes_to_its_question() -> None:
    async with console(FakeServices()) as pilot:
        typed(pilot, "?", "escape", "2", "1", "?")
        await showing(pilot, HelpScreen)
        typed(pilot, "escape", "ctrl+c")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        typed(pilot, "escape", "?")
        await showing(pilot, HelpScreen)
        assert isinstance(pilot.app.screen_stack[0], OverviewScreen)
