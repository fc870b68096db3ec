"""The queue on a real Postfix by keys alone: filter to one sender, mark, hold, undo, delete, undo, delivered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.lab import Lab, traffic
from mailtui.screens.dialogs.plan import PlanDialog
from mailtui.screens.queue import QueueScreen
from mailtui.screens.queue.table import QueueTable
from tests.lab.observing import logged
from tests.lab.test_console import console, text_of, until

SENDER = "alice@lab.example"


@pytest.fixture(scope="module")
def patient() -> Iterator[Lab]:
    """A lab whose Postfix does not try deferred mail again during a test."""
    with Lab(retry_seconds=900) as running:
        yield running


def states(app: MailtuiApp) -> list[str]:
    """The queue each message shown is in."""
    table = app.screen.query_one(QueueTable)
    return [table.entries[row.key].queue_name for row in table.arranged.rows if row.key not in table.arranged.gone]


async def agreed(app: MailtuiApp, pilot: Pilot[None], words: str, answer: str = "y") -> None:
    """Say yes to a plan, read its receipt, close it."""
    await until(pilot, lambda: isinstance(app.screen, PlanDialog) and words in text_of(app))
    await pilot.press(*answer.split())
    await until(pilot, lambda: "Done" in text_of(app))
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, QueueScreen))


async def test_filter_mark_hold_undo_delete_undo_and_it_is_delivered(patient: Lab) -> None:
    traffic.submit(patient, SENDER, "friend@grey.example")
    traffic.submit(patient, SENDER, "other@grey.example")
    traffic.submit(patient, "bob@lab.example", "bystander@full.example")
    async with console(patient) as (app, pilot):
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and states(app) == ["deferred"] * 3)
        await pilot.press("slash", *f"sender:{SENDER}", "enter")
        await until(pilot, lambda: states(app) == ["deferred"] * 2)
        await pilot.press("asterisk", "H")
        await agreed(app, pilot, "postsuper")
        await until(pilot, lambda: states(app) == ["hold"] * 2)
        await pilot.press("u")
        await agreed(app, pilot, "postsuper")
        await until(pilot, lambda: states(app) == ["deferred"] * 2)
        await pilot.press("asterisk", "d")
        await agreed(app, pilot, "postsuper")
        await until(pilot, lambda: states(app) == [])
        await pilot.press("u")
        await agreed(app, pilot, "Undo")
        await until(pilot, lambda: states(app) == ["deferred"] * 2)
        assert not logged(patient, "@grey.example", "status=sent")
        await pilot.press("asterisk", "F", "1")
        await agreed(app, pilot, "postqueue", "2 enter")
        await until(pilot, lambda: logged(patient, "friend@grey.example", "status=sent"), 30)
        await until(pilot, lambda: logged(patient, "other@grey.example", "status=sent"), 30)
        await pilot.press("slash", *["backspace"] * 30, "enter")
        await until(pilot, lambda: states(app) == ["deferred"])


async def test_one_message_why_it_waits_and_its_story(patient: Lab) -> None:
    traffic.submit(patient, "carol@lab.example", "reader@full.example")
    async with console(patient) as (app, pilot):
        await pilot.press("4", "slash", *"sender:carol@lab.example", "enter")
        await until(pilot, lambda: isinstance(app.screen, QueueScreen) and states(app) == ["deferred"])
        await pilot.press("enter")
        words = ("mailbox is full", "It is tried again in", "deferred 4.2.2")
        await until(pilot, lambda: all(word in text_of(app) for word in words))
