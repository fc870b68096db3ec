"""The tables by keyboard only: what is in use, what is wrong, asking, and changing by plan."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import PermissionDenied
from mailtui.screens.dialogs import NoteDialog, PromptDialog
from mailtui.screens.maps import EntriesScreen, MapsScreen
from mailtui.screens.widgets import LineTable
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("6")
    await showing(pilot, MapsScreen)
    await until(pilot, lambda: "1 finding" in text_of(pilot))


async def entries(pilot: Pilot[None]) -> None:
    await opened(pilot)
    await pilot.press("enter")
    await showing(pilot, EntriesScreen)
    await until(pilot, lambda: "anna@shop.example" in text_of(pilot))


def proposed(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agree to nothing: making the plan is what these tests look at."""

    async def carry_out(_app: object, make: object) -> None:
        make()  # type: ignore[operator]

    monkeypatch.setattr("mailtui.app.MailtuiApp.carry_out", carry_out, raising=False)


async def test_tables_say_who_uses_them_and_what_is_wrong() -> None:
    async with console(FakeServices(), (160, 40)) as pilot:
        await opened(pilot)
        text = text_of(pilot)
        assert "virtual_alias_maps" in text
        assert "smtp/inet -o header_checks" in text
        assert "2 tables" in text
        assert "1 finding" in text
        await pilot.press("exclamation_mark")
        await showing(pilot, NoteDialog)
        assert "virtual.db is older than" in text_of(pilot)


async def test_a_table_opens_to_its_entries_with_nothing_evil_on_the_screen() -> None:
    async with console(FakeServices()) as pilot:
        await entries(pilot)
        text = text_of(pilot)
        assert "4 entries" in text
        assert "no entry" in text
        assert "\x1b" not in text
        assert "\u202e" not in text


async def test_the_filter_finds_an_entry() -> None:
    async with console(FakeServices()) as pilot:
        await entries(pilot)
        await pilot.press("slash", *"key:sales*", "enter")
        await until(pilot, lambda: "1 of 4 entries" in text_of(pilot))


async def test_another_value_is_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    proposed(services, monkeypatch)
    async with console(services) as pilot:
        await entries(pilot)
        await pilot.press("j", "e")
        await showing(pilot, PromptDialog)
        await pilot.press("end", *"x", "enter")
        await until(pilot, lambda: bool(services.map_plans.made))
    assert services.map_plans.made == [("set", "/etc/postfix/virtual", "sales@shop.example", "carol@shop.examplex")]


async def test_a_key_is_added_removed_and_the_table_built(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    proposed(services, monkeypatch)
    async with console(services) as pilot:
        await entries(pilot)
        await pilot.press("a")
        await showing(pilot, PromptDialog)
        await pilot.press(*"k", "enter")
        await until(pilot, lambda: "Value of k" in text_of(pilot))
        await pilot.press(*"v", "enter")
        await until(pilot, lambda: len(services.map_plans.made) == 1)
        await pilot.press("d")
        await until(pilot, lambda: len(services.map_plans.made) == 2)
        await pilot.press("B")
        await until(pilot, lambda: len(services.map_plans.made) == 3)
    assert services.map_plans.made == [
        ("set", "/etc/postfix/virtual", "k", "v"),
        ("unset", "/etc/postfix/virtual", "info@shop.example"),
        ("build", "/etc/postfix/virtual"),
    ]


async def test_read_only_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices(settings=FakeSettings(read_only=True))
    proposed(services, monkeypatch)
    async with console(services) as pilot:
        await entries(pilot)
        for key in ("e", "a", "d", "B"):
            await pilot.press(key)
        await until(pilot, lambda: "read-only: nothing" in text_of(pilot))
        assert isinstance(pilot.app.screen, EntriesScreen)
    assert not services.map_plans.made


async def test_a_table_is_asked_for_a_key() -> None:
    async with console(FakeServices()) as pilot:
        await opened(pilot)
        await pilot.press("K")
        await showing(pilot, PromptDialog)
        await pilot.press(*"info@shop.example", "enter")
        await showing(pilot, NoteDialog)
        assert "hash:/etc/postfix/virtual: anna@shop.example" in text_of(pilot)


async def test_a_postfix_that_cannot_be_asked_says_why() -> None:
    services = FakeServices()
    services.maps.error = PermissionDenied("this user may not read main.cf", unlock="run mailtui with sudo")
    async with console(services) as pilot:
        await pilot.press("6")
        await until(pilot, lambda: "run mailtui with sudo" in text_of(pilot))
        assert pilot.app.screen.query_one(LineTable).cursor_key is None
