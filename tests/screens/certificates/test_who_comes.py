"""Who comes by a port, asked for in the list of ports."""

from __future__ import annotations

from textual.pilot import Pilot

from mailtui.screens.dialogs import NoteDialog
from mailtui.screens.listeners import ListenersScreen
from tests.screens.fake_visitors import FakeVisitors
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, text_of, until


async def opened(pilot: Pilot[None]) -> None:
    await pilot.press("9")
    await showing(pilot, ListenersScreen)
    await until(pilot, lambda: "finding about TLS" in text_of(pilot))


async def test_users_with_their_ways_and_that_two_ports_have_one_name() -> None:
    async with console(FakeServices(), (140, 40)) as pilot:
        await opened(pilot)
        await pilot.press("j", "j", "z")
        await showing(pilot, NoteDialog)
        text = text_of(pilot)
        assert "2 users by imap since" in text and "7012 times" in text and "ann@example.org" in text
        assert "Other ports are imap in the log, too" in text and "no TLS" in text
        assert "\x1b" not in text


async def test_where_the_log_cannot_tell() -> None:
    async with console(FakeServices(visitors=FakeVisitors(None)), (140, 40)) as pilot:
        await opened(pilot)
        await pilot.press("z")
        await until(pilot, lambda: "does not tell who comes" in text_of(pilot))
        await pilot.press("G", "z")
        await until(pilot, lambda: "set nowhere: who comes" in text_of(pilot))
