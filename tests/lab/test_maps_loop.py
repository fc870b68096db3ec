"""The whole loop with keys alone: a failing line, the entry that made it, edit, build, asked, requeued, sent, undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from mailtui.app import MailtuiApp
from mailtui.cli.main import main
from mailtui.lab import Lab, traffic
from mailtui.screens.changes import ChangesScreen
from mailtui.screens.dialogs import PlanDialog, PromptDialog
from mailtui.screens.log import LogScreen
from mailtui.screens.message import MessageScreen
from tests.lab.observing import eventually_logged, logged
from tests.lab.test_console import console, text_of, until, words_of

DOMAIN = "typo.example"


@pytest.fixture(scope="module")
def patient() -> Iterator[Lab]:
    """A lab whose Postfix does not try deferred mail again during the test."""
    with Lab(retry_seconds=900) as running:
        yield running


class Hand:
    """The operator's: presses keys, and counts them."""

    def __init__(self, app: MailtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.pressed = 0

    async def press(self, *keys: str, until_shown: str = "", on: type | None = None) -> None:
        """Press, then wait for what comes of it."""
        self.pressed += len(keys)
        await self.pilot.press(*keys)
        await until(
            self.pilot, lambda: (on is None or isinstance(self.app.screen, on)) and until_shown in words_of(self.app)
        )


async def test_a_missing_alias_is_added_from_the_story_of_its_bounce(patient: Lab) -> None:
    async with console(patient) as (app, pilot):
        traffic.local_to_unknown_alias(patient)
        eventually_logged(patient, "User unknown in virtual alias table", "status=bounced")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "to=<cron@lab.example>" in text_of(app))
        await pilot.press("E", "E")
        hand = Hand(app, pilot)
        await hand.press("enter", on=MessageScreen, until_shown="has no key")
        await hand.press("a", on=PromptDialog, until_shown="it has no such key")
        await hand.press(*"bob@lab.example")
        await hand.press("enter", on=PlanDialog, until_shown="asked back")
        await hand.press("y", until_shown="Done")
        await hand.press("u", until_shown="Undo")
        await hand.press("y", until_shown="Done")
        await hand.press("escape", on=MessageScreen)
        await hand.press("R")
        await until(pilot, lambda: any("not in the queue" in note.message for note in app._notifications))


async def test_from_the_failing_line_to_sent_in_nine_keys_and_back(patient: Lab) -> None:
    transport = patient.postfix_config / "transport"
    value = next(line.split()[1] for line in transport.read_text().splitlines() if line.startswith("accept.example"))
    words = [*patient.options(), "map", "set", str(transport), DOMAIN, value[:-1], "--yes"]
    assert main(words) == 0, "a port whose last figure was forgotten"
    before = transport.read_bytes()
    traffic.submit(patient, "alice@lab.example", f"friend@{DOMAIN}")
    eventually_logged(patient, f"friend@{DOMAIN}", "status=deferred")
    async with console(patient) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "status=deferred" in text_of(app))
        await pilot.press("slash", *DOMAIN, "enter")
        await until(pilot, lambda: "not following" in text_of(app))
        hand = Hand(app, pilot)
        await hand.press("enter", on=MessageScreen, until_shown="transport_maps")
        assert f"{transport}) sends {DOMAIN} to {value[:-1]}" in text_of(app).replace("\n", "")
        await hand.press("a", on=PromptDialog, until_shown=DOMAIN)
        await hand.press(value[-1])
        await hand.press("enter", on=PlanDialog, until_shown="postmap")
        await hand.press("y", until_shown="Done")
        await hand.press("escape", on=MessageScreen)
        await hand.press("R", on=PlanDialog, until_shown="postsuper")
        await hand.press("y", until_shown="Done")
        await hand.press("escape", on=MessageScreen, until_shown="sent 2.0.0")
        assert hand.pressed == 9
        assert logged(patient, f"to=<friend@{DOMAIN}>", "status=sent")
        await hand.press("5", on=ChangesScreen, until_shown="set typo.example")
        await hand.press("j", "u", on=PlanDialog, until_shown="postmap")
        await hand.press("y", until_shown="Done")
    assert transport.read_bytes() == before
