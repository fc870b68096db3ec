"""What was changed is seen, undone and, where it was cut off, ended; by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.host.errors import PermissionDenied
from mailtui.screens.change_table import ChangeTable
from mailtui.screens.changes import ChangesScreen
from mailtui.screens.dialogs import PlanDialog
from tests.screens.fake_changes import FakeChanges, history, hold_plan
from tests.screens.fake_stories import NOW
from tests.screens.fakes import IDENTITY, FakeServices
from tests.screens.standing import stand_still
from tests.screens.test_console import console, showing, text_of, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["small", "large"])


@asynccontextmanager
async def changes_view(changes: FakeChanges) -> AsyncIterator[Pilot[None]]:
    async with console(FakeServices(changes=changes)) as pilot:
        await pilot.press("5")
        await showing(pilot, ChangesScreen)
        yield pilot


async def test_interrupted_changes_stand_first_and_strangers_cannot_paint() -> None:
    async with changes_view(FakeChanges(history(NOW))) as pilot:
        await until(pilot, lambda: "1 change interrupted" in text_of(pilot))
        table = pilot.app.screen.query_one(ChangeTable)
        assert table.cursor_key == "20260304-0002"
        assert "interrupted: its process was 811" in text_of(pilot)
        assert "␛]0;pwned␇[red]bold[/][/x]" in text_of(pilot)


async def test_the_text_follows_the_cursor_and_can_be_scrolled() -> None:
    async with changes_view(FakeChanges(history(NOW))) as pilot:
        await until(pilot, lambda: "4 changes" in text_of(pilot))
        await pilot.press("down", "down")
        await until(pilot, lambda: "it is gone" in text_of(pilot) and "Done in part: 1" in text_of(pilot))
        await pilot.press("enter", "end")
        await until(pilot, lambda: "4dXz2k2PqRz <news@shop.example>" in text_of(pilot))


async def test_undo_asks_and_does() -> None:
    changes = FakeChanges(history(NOW))
    async with changes_view(changes) as pilot:
        await until(pilot, lambda: "4 changes" in text_of(pilot))
        await pilot.press("down", "u")
        await showing(pilot, PlanDialog)
        assert "Undo: Hold 3 messages" in text_of(pilot) and "$ postsuper -H -" in text_of(pilot)
        assert changes.done == []
        await pilot.press("y")
        await until(pilot, lambda: changes.done == [("undo", "Undo: Hold 3 messages")])
        await until(pilot, lambda: "Done: 3" in text_of(pilot))
        await pilot.press("escape")
        await showing(pilot, ChangesScreen)


async def test_an_interrupted_change_is_ended_after_a_yes() -> None:
    changes = FakeChanges(history(NOW))
    async with changes_view(changes) as pilot:
        await until(pilot, lambda: "1 change interrupted" in text_of(pilot))
        await pilot.press("u")
        await showing(pilot, PlanDialog)
        assert "This change was interrupted." in text_of(pilot)
        await pilot.press("y")
        await until(pilot, lambda: changes.done == [("recover", "Set a@b in virtual")])
        await pilot.press("escape")
        await showing(pilot, ChangesScreen)
        await until(pilot, lambda: "3 changes" in text_of(pilot) and "interrupted" not in text_of(pilot))


async def test_what_cannot_be_undone_says_why() -> None:
    async with changes_view(FakeChanges(history(NOW)[2:3])) as pilot:
        await until(pilot, lambda: "1 change" in text_of(pilot))
    (gone,) = history(NOW)[:1]
    gone.steps[0].undone.update(gone.done)
    gone.undone_by = "20260304-0008"
    async with changes_view(FakeChanges((gone,))) as pilot:
        await until(pilot, lambda: "undone" in text_of(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "it has been undone by 20260304-0008" in text_of(pilot))
        assert not isinstance(pilot.app.screen, PlanDialog)


async def test_nothing_changed_yet() -> None:
    async with changes_view(FakeChanges()) as pilot:
        await until(pilot, lambda: "Nothing has been changed with mailtui yet." in text_of(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "There is no change here." in text_of(pilot))


async def test_a_journal_that_cannot_be_read_says_what_to_do() -> None:
    problem = PermissionDenied("the journal can be read by others", unlock="chmod 600 it")
    async with changes_view(FakeChanges(problem=problem)) as pilot:
        await until(pilot, lambda: "the journal can be read by others; chmod 600 it" in text_of(pilot))


async def test_read_only_shows_and_changes_nothing() -> None:
    changes = FakeChanges(history(NOW), why_not="mailtui runs read-only")
    async with changes_view(changes) as pilot:
        await until(pilot, lambda: "4 changes" in text_of(pilot))
        await pilot.press("down", "u")
        await until(pilot, lambda: "Mailtui runs read-only: nothing is" in text_of(pilot))
        assert changes.done == []


async def test_the_first_view_tells_of_an_interrupted_change_and_leads_to_it() -> None:
    async with console(FakeServices(changes=FakeChanges(history(NOW)))) as pilot:
        await until(pilot, lambda: "A change was interrupted: Set a@b in virtual" in text_of(pilot))


async def test_u_undoes_the_last_change_from_anywhere() -> None:
    changes = FakeChanges(history(NOW)[:2])
    async with console(FakeServices(changes=changes)) as pilot:
        await pilot.press("u")
        await showing(pilot, PlanDialog)
        await pilot.press("y")
        await until(pilot, lambda: changes.done == [("undo", "Undo: Hold 3 messages")])


async def test_a_plan_is_made_shown_and_carried_out() -> None:
    changes = FakeChanges()
    async with console(FakeServices(changes=changes)) as pilot:
        app = pilot.app
        assert isinstance(app, MailtuiApp)
        worker = app.run_worker(app.carry_out(hold_plan))
        await showing(pilot, PlanDialog)
        await pilot.press("y")
        await until(pilot, lambda: "Done: 3" in text_of(pilot))
        await pilot.press("escape")
        receipt = await worker.wait()
        assert receipt is not None and receipt.outcome == "applied"


def pressing(*keys: str) -> Callable[[Pilot[None]], object]:
    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, MailtuiApp)
        while app.live is None or app.pulse is None or app.history is None:
            await pilot.pause(0.01)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        await stand_still(pilot)

    return prepare


@SIZES
@pytest.mark.parametrize("keys", [("5",), ("5", "down", "u")], ids=["changes", "plan"])
def test_pictures(snap_compare: Callable[..., bool], size: tuple[int, int], keys: tuple[str, ...]) -> None:
    app = MailtuiApp(FakeServices(changes=FakeChanges(history(NOW))), IDENTITY)
    assert snap_compare(app, run_before=pressing(*keys), terminal_size=size)
