"""One queued message by keyboard only: why it is here, what it says, what the log tells."""

from __future__ import annotations

import re
from dataclasses import replace

from textual.pilot import Pilot

from mailtui.screens.addresses import AddressesScreen
from mailtui.screens.dialogs import ChooseDialog
from mailtui.screens.log import LogScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.queue import QueuedScreen
from mailtui.screens.queue.message_rows import MOST_LINES, MOST_RECIPIENTS, Reading, message_rows
from mailtui.screens.story_view import StoryView
from mailtui.services.postfix.queue.model import QueueRecipient
from tests.screens.fake_stories import bounce_story
from tests.screens.queue.machine import ENTRIES, MESSAGE, services
from tests.screens.test_console import console, showing, text_of, until

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


async def opened(pilot: Pilot[None], where: str = "queue_id:4dXz1k2PqRzaaaa") -> None:
    """The message that a filter leaves."""
    await pilot.press("4")
    await until(pilot, lambda: "8 messages" in text_of(pilot))
    await pilot.press("slash", *where, "enter")
    await until(pilot, lambda: "1 of 8 messages" in text_of(pilot))
    await pilot.press("enter")
    await showing(pilot, QueuedScreen)


async def test_why_it_is_here_headers_decoded_text_and_envelope() -> None:
    async with console(services(), (160, 60)) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "Grüße" in text_of(pilot))
        text = text_of(pilot)
        for words in ("is tried again in 14m", "boss@slow.example", "report.pdf", "sasl_username", "[red]report[/]"):
            assert words in text
        assert not CONTROL.search(text.replace("\n", ""))
        await pilot.press("full_stop")
        await until(pilot, lambda: "=?utf-8?q?Gr=C3=BC=C3=9Fe?=" in text_of(pilot))


async def test_one_key_leads_to_where_its_mail_goes_after_a_choice_of_several() -> None:
    machine = services()
    async with console(machine, (160, 50)) as pilot:
        await opened(pilot)
        await pilot.press("K")
        await showing(pilot, AddressesScreen)
        await until(pilot, lambda: len(machine.resolver.asked) == 1)
        await pilot.press("escape", "escape")
        await pilot.press("slash", *["backspace"] * 40, *"queue_id:4dXz1k2PqRzbbbb", "enter")
        await until(pilot, lambda: "news@shop.example" in text_of(pilot))
        await pilot.press("enter", "K")
        await showing(pilot, ChooseDialog)
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(machine.resolver.asked) == 2)
    assert machine.resolver.asked == [
        ("boss@slow.example", "anna@client.example.net", ""),
        ("y@slow.example", "news@shop.example", ""),
    ]


async def test_the_story_stands_beside_where_there_is_room_else_below() -> None:
    machine = services()
    machine.live.stories[MESSAGE.queue_id] = replace(bounce_story(), queue_ids=(MESSAGE.queue_id,))
    for size, beside in (((160, 50), True), ((80, 24), False)):
        async with console(machine, size) as pilot:
            await opened(pilot)
            pages = pilot.app.screen.query(StoryView)
            story = pages.last() if beside else pages.first()
            await until(pilot, lambda story=story: has_lines(story))  # type: ignore[misc]
            assert pages.last().display is beside
            if beside:
                await pilot.press("tab")
            await pilot.press("G", "enter")
            await showing(pilot, LogScreen)


def has_lines(view: StoryView) -> bool:
    """Whether lines of the log stand in it; leaves the cursor on the first."""
    view.seek(1, lambda row: row.raw)
    return view.current is not None and view.current.raw


async def test_a_queue_file_one_may_not_read_names_the_sudo_rule() -> None:
    async with console(services()) as pilot:
        await opened(pilot, "queue_id:4dXz1k2PqRzcccc")
        await until(pilot, lambda: "sudo by the rule" in text_of(pilot))
        assert "Quota exceeded" in text_of(pilot)


async def test_a_message_that_leaves_the_queue_says_so_and_cannot_be_acted_upon() -> None:
    machine = services()
    async with console(machine) as pilot:
        await opened(pilot)
        machine.queue.entries = ENTRIES[1:]
        pilot.app.look_at_queue()  # type: ignore[attr-defined]
        await until(pilot, lambda: "It has left the queue." in text_of(pilot))
        await pilot.press("t")
        await showing(pilot, MessageScreen)


def test_no_more_is_shown_than_can_be_read() -> None:
    entry = replace(ENTRIES[0], recipients=tuple(QueueRecipient(f"u{n}@x.example", "full") for n in range(5000)))
    message = replace(MESSAGE, body="line\n" * 100_000)
    text = [row.text for row in message_rows(Reading(entry, "why", 76, message))]
    assert sum("@x.example" in row for row in text) == MOST_RECIPIENTS
    assert any("and 4,950 more" in row for row in text)
    assert len(text) < MOST_LINES + 5 * MOST_RECIPIENTS
    assert any("longer than what is shown" in row for row in text)
