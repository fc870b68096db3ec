"""The list of the queue by keyboard only: states, filter, order, marks, and rows that keep their places."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from mailtui.host.errors import HostError, PermissionDenied
from mailtui.screens.ascii import in_ascii
from mailtui.screens.dialogs import ChooseDialog
from mailtui.screens.log import LogScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.queue import QueuedScreen, QueueScreen
from mailtui.screens.queue.cells import GONE, STATES
from mailtui.screens.queue.table import QueueTable
from tests.screens.fakes import FakeServices
from tests.screens.queue.machine import ENTRIES, entry, services
from tests.screens.test_console import console, showing, text_of, until


def ids(pilot: Pilot[None]) -> list[str]:
    """The last four letters of the queue IDs, as the list shows them."""
    table = pilot.app.screen.query_one(QueueTable)
    return [table.entries[row.key].queue_id[-4:] for row in table.arranged.rows]


async def opened(pilot: Pilot[None]) -> QueueTable:
    await pilot.press("4")
    await showing(pilot, QueueScreen)
    await until(pilot, lambda: bool(ids(pilot)))
    return pilot.app.screen.query_one(QueueTable)


async def filtered(pilot: Pilot[None], text: str, count: int) -> None:
    await pilot.press("slash", *text, "enter")
    await until(pilot, lambda: len(ids(pilot)) == count)


async def test_oldest_first_with_every_state_counted() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        assert ids(pilot) == ["cccc", "ffff", "aaaa", "gggg", "dddd", "bbbb", "hhhh", "eeee"]
        text = text_of(pilot)
        for tab in ("all 8", "incoming 0", "active 1", "deferred 6", "hold 1", "corrupt 0"):
            assert tab in text


async def test_brackets_go_through_the_states_and_round() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        seen = []
        for _ in range(4):
            await pilot.press("right_square_bracket")
            await pilot.pause(0.05)
            seen.append(ids(pilot))
        assert seen[:2] == [[], ["eeee"]]
        assert len(seen[2]) == 6
        assert seen[3] == ["dddd"]
        for _ in range(5):
            await pilot.press("left_square_bracket")
        await until(pilot, lambda: "postqueue does not list corrupt files" in text_of(pilot))


async def test_a_filter_of_any_column() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await filtered(pilot, "sender:*@spam.example", 3)
        assert "3 of 8 messages" in text_of(pilot)
        assert isinstance(pilot.app.focused, QueueTable)


async def test_a_field_the_queue_has_not_is_refused_and_can_be_mended() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await pilot.press("slash", *"helo:x", "enter")
        await until(pilot, lambda: "the queue has no field helo" in text_of(pilot))
        assert len(ids(pilot)) == 8


async def test_any_column_orders_the_list() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        await pilot.press("s")
        await showing(pilot, ChooseDialog)
        await pilot.press("3")
        await until(pilot, lambda: ids(pilot)[0] == "bbbb")
        assert "by message size, largest first" in text_of(pilot)
        await pilot.press("S")
        await until(pilot, lambda: ids(pilot)[-1] == "bbbb")


async def test_rows_keep_their_places_under_the_hand_and_news_are_told() -> None:
    machine = services()
    async with console(machine) as pilot:
        table = await opened(pilot)
        await pilot.press("down", "down")
        before, under = ids(pilot), table.cursor_key
        newcomer = entry("4dXz1k2PqRznnnn", "new@a.example", "b@b.example", age=999_999)
        machine.queue.entries = (newcomer, *(e for e in ENTRIES if e.queue_id[-4:] != "ffff"))
        pilot.app.look_at_queue()  # type: ignore[attr-defined]
        await until(pilot, lambda: "+1 new, 1 gone; r puts the list in order" in text_of(pilot))
        assert (ids(pilot), table.cursor_key) == (before, under)
        await pilot.press("r")
        await until(pilot, lambda: "nnnn" in ids(pilot))
        assert ids(pilot)[0] == "nnnn" and "ffff" not in ids(pilot)
        assert table.cursor_key == under


async def test_a_list_nobody_touches_follows_the_queue() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        machine.queue.entries = ENTRIES[:3]
        pilot.app.look_at_queue()  # type: ignore[attr-defined]
        await until(pilot, lambda: len(ids(pilot)) == 3)


async def test_marks_freeze_the_order_and_sorting_says_why_not() -> None:
    async with console(services()) as pilot:
        table = await opened(pilot)
        await pilot.press("asterisk")
        before = ids(pilot)
        await pilot.press("S")
        await until(pilot, lambda: "U unmarks them" in text_of(pilot))
        assert ids(pilot) == before and len(table.chosen) == 8
        await pilot.press("U", "S")
        await until(pilot, lambda: ids(pilot) != before)


async def test_what_has_left_the_queue_is_never_acted_upon() -> None:
    machine = services()
    async with console(machine) as pilot:
        table = await opened(pilot)
        await filtered(pilot, "sender:*@spam.example", 3)
        await pilot.press("asterisk")
        machine.queue.entries = tuple(e for e in ENTRIES if e.queue_id[-4:] != "gggg")
        pilot.app.look_at_queue()  # type: ignore[attr-defined]
        await until(pilot, lambda: "1 gone" in text_of(pilot))
        assert sorted(e.queue_id[-4:] for e in table.chosen) == ["dddd", "eeee"]


async def test_a_range_from_the_first_marked_to_the_cursor() -> None:
    async with console(services()) as pilot:
        table = await opened(pilot)
        await pilot.press("space", "down", "v")
        assert [e.queue_id[-4:] for e in table.chosen] == ["cccc", "ffff", "aaaa"]


async def test_a_queue_id_used_again_is_another_message() -> None:
    machine = services()
    async with console(machine) as pilot:
        table = await opened(pilot)
        await pilot.press("down", "asterisk")
        machine.queue.entries = tuple(replace(e, arrival_time=e.arrival_time + 1) for e in ENTRIES)
        pilot.app.look_at_queue()  # type: ignore[attr-defined]
        await until(pilot, lambda: "+8 new, 8 gone" in text_of(pilot))
        assert table.chosen == ()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (HostError("Postfix is stopped", unlock="postfix start"), ("Postfix is stopped", "postfix start")),
        (PermissionDenied("anna may not list the queue", unlock="sudo by the rule: X"), ("may not list", "rule: X")),
    ],
)
async def test_a_queue_that_cannot_be_read_says_why_and_what_helps(problem: HostError, words: tuple[str, ...]) -> None:
    machine = services()
    machine.queue.problem = problem
    async with console(machine) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: all(word in text_of(pilot) for word in (*words, "Nothing could be read")))
        machine.queue.problem = None
        await pilot.press("r")
        await until(pilot, lambda: len(ids(pilot)) == 8)
        assert words[0] not in text_of(pilot)


async def test_an_empty_queue_and_an_empty_match_are_told_apart() -> None:
    machine = FakeServices()
    async with console(machine) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "The queue is empty." in text_of(pilot))
        machine.queue.entries = ENTRIES
        await pilot.press("r")
        await until(pilot, lambda: len(ids(pilot)) == 8)
        await filtered(pilot, "sender:nobody@nowhere.example", 0)
        await until(pilot, lambda: "No message matches the filter" in text_of(pilot))


async def test_strangers_text_is_shown_as_text() -> None:
    async with console(services(), (160, 50)) as pilot:
        await opened(pilot)
        picture = text_of(pilot)
        assert "[red]bold[/]" in picture and not {"\x1b", "\x07", "\u202e"} & set(picture)


async def test_enter_t_and_i_lead_to_message_story_and_log() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        for key, screen in (("enter", QueuedScreen), ("t", MessageScreen), ("i", LogScreen)):
            await pilot.press(key)
            await showing(pilot, screen)
            await pilot.press("escape")
            await showing(pilot, QueueScreen)


async def test_overview_numbers_open_the_queue_filtered() -> None:
    async with console(services()) as pilot:
        pilot.app.screen.query_one("#status").focus()
        await pilot.press("down", "right", "right", "enter")
        await showing(pilot, QueueScreen)
        await until(pilot, lambda: len(ids(pilot)) == 6)


async def test_a_message_that_moved_while_the_queue_was_read_is_one_row() -> None:
    machine = services()
    machine.queue.entries = (*ENTRIES, replace(ENTRIES[4], queue_name="deferred"))
    async with console(machine) as pilot:
        await opened(pilot)
        assert len(ids(pilot)) == 8 and "all 8" in text_of(pilot)


async def test_b_leads_from_an_incident_and_from_a_story_to_the_queue() -> None:
    machine = services()
    machine.queue.entries = (*ENTRIES, entry("4dXz1k2PqRz", "anna@client.example.net", "boss@shop.example"))
    async with console(machine) as pilot:
        await pilot.press("enter", "b")
        await showing(pilot, QueueScreen)
        await until(pilot, lambda: ids(pilot) == ["2PqRz"[-4:]])
        await pilot.press("t")
        await showing(pilot, MessageScreen)
        await until(pilot, lambda: "Recipients" in text_of(pilot))
        await pilot.press("b")
        await showing(pilot, QueueScreen)
        await until(pilot, lambda: "1 of 9 messages" in text_of(pilot))


def test_the_marks_of_the_states_differ_in_ascii_too() -> None:
    marks = [mark for mark, _ in (*STATES.values(), GONE)]
    assert len({in_ascii(mark) for mark in marks}) == len(marks)


async def test_the_log_files_are_searched_only_when_a_choice_needs_them() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        assert not machine.queue.thorough
        await filtered(pilot, "sasl_username:carl", 3)
        await until(pilot, lambda: machine.queue.thorough)
        await pilot.press("z")
        await until(pilot, lambda: "3 messages" in text_of(pilot))
        assert machine.queue.thorough
        await pilot.press("escape", "slash", *["backspace"] * 20, "enter")
        await until(pilot, lambda: len(ids(pilot)) == 8)
        await pilot.press("r")
        await until(pilot, lambda: not machine.queue.thorough)


async def test_the_marked_are_saved_else_all_that_is_shown_and_both_can_be_copied() -> None:
    async with console(services()) as pilot:
        await opened(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, QueueScreen)
        assert screen.saveable()[1].count("\n") == 7
        await pilot.press("space", "space")
        assert [line.split("\t")[0][-4:] for line in screen.saveable()[1].splitlines()] == ["cccc", "ffff"]
        await pilot.press("y")
        await showing(pilot, ChooseDialog)
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.clipboard == "4dXz1k2PqRzcccc\n4dXz1k2PqRzffff")
