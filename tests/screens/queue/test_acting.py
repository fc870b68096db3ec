"""Acting on queued mail by keyboard only: what is chosen is what the plan names, and nothing happens without a yes."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import UsageError
from mailtui.screens.dialogs import ChooseDialog
from mailtui.screens.dialogs.plan import PlanDialog
from mailtui.screens.identity import Identity
from mailtui.screens.queue import QueuedScreen, QueueScreen
from mailtui.screens.queue.table import QueueTable
from tests.screens.fakes import FakeServices, FakeSettings
from tests.screens.queue.machine import ENTRIES, services
from tests.screens.queue.test_list import filtered, ids, opened
from tests.screens.test_console import console, showing, text_of, until

SPAM = ("4dXz1k2PqRzgggg", "4dXz1k2PqRzdddd", "4dXz1k2PqRzeeee")


async def agree(pilot: Pilot[None]) -> None:
    await showing(pilot, PlanDialog)
    await pilot.press("y")
    await until(pilot, lambda: "Done" in text_of(pilot))
    await pilot.press("escape")
    await showing(pilot, QueueScreen)


async def test_marked_by_filter_held_and_no_longer_marked() -> None:
    machine = services()
    async with console(machine) as pilot:
        table = await opened(pilot)
        await filtered(pilot, "sender:win@spam.example", 3)
        await pilot.press("asterisk", "H")
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [("hold", SPAM)]
        assert machine.changes.done == []
        assert all(name in text_of(pilot) for name in SPAM)
        await agree(pilot)
        assert machine.changes.done == [("apply", "Hold 3 messages")]
        await until(pilot, lambda: not table.has_marks)


async def test_no_is_no_and_marks_stay() -> None:
    machine = services()
    async with console(machine) as pilot:
        table = await opened(pilot)
        await pilot.press("space", "space", "d")
        await showing(pilot, PlanDialog)
        await pilot.press("enter")
        await showing(pilot, QueueScreen)
        assert machine.changes.done == []
        assert table.has_marks


@pytest.mark.parametrize(("key", "verb"), [("H", "hold"), ("d", "delete"), ("R", "requeue")], ids=lambda x: str(x))
async def test_a_key_acts_on_the_row_under_the_cursor(key: str, verb: str) -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("down", key)
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [(verb, ("4dXz1k2PqRzffff",))]


async def test_a_message_is_returned_to_its_sender_from_the_menu() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("down", "A", "3")
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [("expire", ("4dXz1k2PqRzffff",))]


async def test_the_message_view_acts_on_its_message() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("enter")
        await showing(pilot, QueuedScreen)
        await pilot.press("d")
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [("delete", ("4dXz1k2PqRzcccc",))]


@pytest.mark.parametrize(
    ("choice", "made"),
    [
        ("1", ("deliver", ("4dXz1k2PqRzcccc",))),
        ("2", ("flush", (), "full.example")),
        ("3", ("flush", (), None)),
    ],
    ids=["these", "site", "all"],
)
async def test_try_now_offers_these_the_site_and_everything(choice: str, made: tuple[object, ...]) -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("F")
        await showing(pilot, ChooseDialog)
        await pilot.press(choice)
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [made]


async def test_a_rule_for_mail_to_come_asks_of_whom_and_for_how_long() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await filtered(pilot, "queue_id:4dXz1k2PqRzgggg", 1)
        await pilot.press("A", "2")
        await showing(pilot, ChooseDialog)
        await until(pilot, lambda: "of the user carl" in text_of(pilot))
        await pilot.press("2")
        await until(pilot, lambda: "for how long?" in text_of(pilot))
        await pilot.press("2")
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [("hold-rule", (), "sender", "win@spam.example", 86400.0)]


async def test_a_notification_offers_only_its_recipients() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await filtered(pilot, "bounce:yes", 1)
        await pilot.press("A", "2")
        await until(pilot, lambda: "to the domain slow.example" in text_of(pilot))
        assert "of the user" not in text_of(pilot)


async def test_a_compromised_account_is_stopped_with_all_its_mail() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await filtered(pilot, "queue_id:4dXz1k2PqRzgggg", 1)
        await pilot.press("A", "1")
        await until(pilot, lambda: "logs in with" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, PlanDialog)
        theirs = tuple(entry.queue_id for entry in ENTRIES if entry.sasl_username == "carl")
        assert machine.queue_plans.made == [("compromised", theirs, "carl")]


async def test_keys_that_make_no_sense_say_why() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("L")
        await until(pilot, lambda: "Nothing of this is held." in text_of(pilot))
        await filtered(pilot, "queue_name:hold", 1)
        await pilot.press("H")
        await until(pilot, lambda: "All of this is held already." in text_of(pilot))
        await pilot.press("L")
        await showing(pilot, PlanDialog)
        assert machine.queue_plans.made == [("release", ("4dXz1k2PqRzdddd",))]


async def test_read_only_nothing_acts() -> None:
    machine = services(settings=FakeSettings(read_only=True))
    async with console(machine) as pilot:
        await opened(pilot)
        for key in "HLRXFd":
            await pilot.press(key)
            assert isinstance(pilot.app.screen, QueueScreen)
        await until(pilot, lambda: "This console is read-only" in text_of(pilot))
        assert machine.queue_plans.made == []


async def test_without_privilege_the_sudo_rule_is_named() -> None:
    machine = services()
    async with console(machine, identity=Identity("mx1.example.org", "anna", False)) as pilot:
        await opened(pilot)
        await pilot.press("H")
        await until(pilot, lambda: "ALL=(root)" in text_of(pilot))
        assert machine.queue_plans.made == []


async def test_a_plan_that_cannot_be_made_says_why() -> None:
    machine: FakeServices = services()

    def refuse(entries: object) -> object:
        raise UsageError("too many to be tried one by one", unlock="flush a site")

    machine.queue_plans.deliver = refuse  # type: ignore[method-assign,assignment]
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("F", "1")
        await until(pilot, lambda: "too many to be tried one by one" in text_of(pilot))
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_marks_set_a_moment_before_the_key_count() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        table = pilot.app.screen.query_one(QueueTable)
        assert len(table.chosen) == 1
        table.action_mark_all()
        assert len(table.chosen) == len(ENTRIES)
        table.action_unmark()
        assert len(table.chosen) == 1


async def test_after_an_action_the_list_is_in_order_again() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        await pilot.press("down", "d")
        await showing(pilot, PlanDialog)
        machine.queue.entries = tuple(e for e in ENTRIES if e.queue_id[-4:] != "ffff")
        await agree(pilot)
        await until(pilot, lambda: "ffff" not in ids(pilot))
        assert "gone" not in text_of(pilot)
