"""From login to the cause, by keyboard only, on invented services."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from mailtui.app import MailtuiApp
from mailtui.host.errors import PermissionDenied
from mailtui.screens.base import ConsoleScreen
from mailtui.screens.cells import Cells
from mailtui.screens.dialogs import ChooseDialog, ConfirmDialog, NoteDialog
from mailtui.screens.help import HelpScreen
from mailtui.screens.identity import Identity
from mailtui.screens.incident import IncidentScreen
from mailtui.screens.incident_table import IncidentTable
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.log import LogScreen
from mailtui.screens.message import MessageScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.stories import StoriesScreen
from mailtui.screens.story_view import StoryView
from mailtui.services.pulse_model import PulseSnapshot
from tests.screens.fake_stories import bounce_story
from tests.screens.fakes import IDENTITY, FakeServices, FakeSettings, broken_pulse

PICTURED = re.compile(r'clip-path="url\(#[^)]*-line-(\d+)\)">([^<]*)</text>')
DEADLINE = 2000
"""Rounds of the event loop a condition may take."""


@asynccontextmanager
async def console(
    services: FakeServices, size: tuple[int, int] = (80, 24), identity: Identity = IDENTITY
) -> AsyncIterator[Pilot[None]]:
    app = MailtuiApp(services, identity)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.live is not None and app.pulse is not None)
        yield pilot
        app.workers.cancel_all()  # as leaving it does


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    for _ in range(DEADLINE):
        if condition():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"did not come true: {text_of(pilot)}")


async def showing(pilot: Pilot[None], screen: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


def text_of(pilot: Pilot[None]) -> str:
    """What stands on the screen, read from its picture."""
    lines: dict[int, str] = {}
    for number, text in PICTURED.findall(pilot.app.export_screenshot(simplify=True)):
        lines[int(number)] = lines.get(int(number), "") + html.unescape(text).replace("\xa0", " ")
    return "\n".join(lines[number] for number in sorted(lines))


def crumbs(pilot: Pilot[None]) -> list[str]:
    return [screen.crumb for screen in pilot.app.screen_stack if isinstance(screen, ConsoleScreen)]


async def test_from_the_first_screen_to_the_table_that_missed() -> None:
    async with console(FakeServices()) as pilot:
        assert "User unknown in virtual alias table" in text_of(pilot)
        await pilot.press("enter")
        await showing(pilot, IncidentScreen)
        await until(pilot, lambda: "4dXz1k2PqRz" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, MessageScreen)
        await until(pilot, lambda: "virtual_alias_maps = hash:/etc/postfix/virtual" in text_of(pilot))
        assert crumbs(pilot) == ["Overview", "Incident", "4dXz1k2PqRz"]


async def test_from_the_message_to_its_line_in_the_log_and_back() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "4dXz1k2PqRz" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, MessageScreen)
        await until(pilot, lambda: "Recipients" in text_of(pilot))
        await pilot.press("e")
        row = pilot.app.screen.query_one(StoryView).current
        assert row is not None and row.failed and row.line is not None
        await pilot.press("enter")
        await showing(pilot, LogScreen)
        for screen in (MessageScreen, IncidentScreen, OverviewScreen):
            await pilot.press("escape")
            await showing(pilot, screen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OverviewScreen)


async def test_o_goes_from_line_to_line_of_the_message() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "4dXz1k2PqRz" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Recipients" in text_of(pilot))
        view = pilot.app.screen.query_one(StoryView)
        seen = []
        for key in "ooO":
            await pilot.press(key)
            assert view.current is not None and view.current.raw and view.current.line is not None
            seen.append(view.current.line.offset)
        assert seen == [200, 400, 200]


async def test_views_by_number_and_the_last_view_by_minus() -> None:
    async with console(FakeServices()) as pilot:
        views = (("2", IncidentsScreen), ("3", LogScreen), ("minus", IncidentsScreen), ("1", OverviewScreen))
        for key, screen in views:
            await pilot.press(key)
            await showing(pilot, screen)


async def test_a_number_opens_what_it_counts() -> None:
    async with console(FakeServices()) as pilot:
        pilot.app.screen.query_one("#rates", Cells).focus()
        await pilot.press("down", "right", "enter")
        await showing(pilot, LogScreen)
        await pilot.press("escape")
        pilot.app.screen.query_one("#incidents-title", Cells).focus()
        await pilot.press("right", "enter")
        await showing(pilot, IncidentsScreen)
        assert "1 of 4 incidents" in text_of(pilot)


async def test_tab_and_arrows_walk_all_numbers() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("tab")
        for _ in range(30):
            await pilot.press("down")
            if isinstance(pilot.app.focused, IncidentTable):
                return
        raise AssertionError("the arrows never came round")


async def test_only_problems_and_order() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("2")
        await showing(pilot, IncidentsScreen)
        await until(pilot, lambda: "greylists" in text_of(pilot))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "greylists" not in text_of(pilot))
        await pilot.press("s")
        await showing(pilot, ChooseDialog)
        await pilot.press("4")
        await until(pilot, lambda: "by count" in text_of(pilot))
        assert pilot.app.screen.query_one(IncidentTable).cursor_key is not None


async def test_new_lines_keep_the_cursor_on_its_incident() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        table = pilot.app.screen.query_one(IncidentTable)
        await pilot.press("down")
        before = table.cursor_key
        live = services.live.value
        newcomer = replace(live.incidents[0], id="new", title="A newcomer", last=live.now)
        services.live.value = replace(live, version=2, incidents=(newcomer, *live.incidents))
        await pilot.press("r")
        await until(pilot, lambda: "A newcomer" in text_of(pilot))
        assert table.cursor_key == before


async def test_pause_holds_what_is_shown() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.press("p")
        await until(pilot, lambda: "PAUSED" in text_of(pilot))
        await pilot.press("p")
        await until(pilot, lambda: "PAUSED" not in text_of(pilot))


async def test_a_machine_that_cannot_be_read_says_what_to_do() -> None:
    class Denied:
        def read(self) -> PulseSnapshot:
            raise PermissionDenied("postqueue: not permitted", unlock="run as root")

    services = FakeServices()
    services.pulse = Denied()  # type: ignore[assignment]
    app = MailtuiApp(services, IDENTITY)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "postqueue: not permitted; run as root" in text_of(pilot))
        app.workers.cancel_all()  # as leaving it does


async def test_what_is_down_opens_a_note_with_the_next_step() -> None:
    services = FakeServices()
    services.pulse.value = broken_pulse()
    async with console(services) as pilot:
        pilot.app.screen.query_one("#headline", Cells).focus()
        await pilot.press("enter")
        await showing(pilot, NoteDialog)
        assert "systemctl start dovecot" in text_of(pilot)
        await pilot.press("escape")
        await showing(pilot, OverviewScreen)


async def test_trace_finds_one_or_lets_choose() -> None:
    services = FakeServices()
    services.live.stories.clear()
    services.trace.found = [bounce_story(), replace(bounce_story(), key="other", queue_ids=("OTHER1",))]
    async with console(services) as pilot:
        await pilot.press("t", *"boss@x", "enter")
        await showing(pilot, StoriesScreen)
        assert services.trace.asked == ["boss@x"]
        await pilot.press("down", "enter")
        await showing(pilot, MessageScreen)
        assert crumbs(pilot)[-1] == "OTHER1"


async def test_a_message_that_is_nowhere_says_so() -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.press("t", *"NOSUCHID1", "enter")
        await until(pilot, lambda: "No message NOSUCHID1 is in the logs" in text_of(pilot))


async def test_palette_runs_actions_and_traces() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("colon", *"incid")
        await until(pilot, lambda: "grouped by cause" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, IncidentsScreen)
        await pilot.press("ctrl+p", *"4dXz1k2PqRz")
        await until(pilot, lambda: "Trace 4dXz1k2PqRz" in text_of(pilot))
        await pilot.press("enter")
        await showing(pilot, MessageScreen)


async def test_help_shows_every_key_of_the_view() -> None:
    async with console(FakeServices(), (160, 60)) as pilot:
        await pilot.press("2", "question_mark")
        await showing(pilot, HelpScreen)
        text = text_of(pilot)
        for title in ("Incidents", "Only problems", "Sort", "Everywhere", "Trace a message", "Save to a file"):
            assert title in text
        await pilot.press("escape")
        await showing(pilot, IncidentsScreen)


async def test_copy_offers_what_the_row_says_and_tmux_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.press("2", "y")
        await showing(pilot, ChooseDialog)
        await pilot.press("2")
        await until(pilot, lambda: bool(services.tools.ran))
        argv, text = services.tools.ran[0]
        assert argv == ("tmux", "-S", "/tmp/tmux-0/default", "load-buffer", "-w", "-")
        assert text == b"4dXz1k2PqRz"


async def test_copy_without_tmux_asks_the_terminal() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("2", "y", "1")
        await until(pilot, lambda: pilot.app.clipboard == "User unknown in virtual alias table: shop.example")


async def test_save_writes_a_new_file_and_never_over_one(tmp_path: Path) -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        field = pilot.app.screen.query_one(Input)
        taken = tmp_path / "taken"
        taken.write_text("mine")
        field.value = str(taken)
        await pilot.press("enter")
        await until(pilot, lambda: "nothing is overwritten" in str(pilot.app.screen.query_one("#hint", Static).content))
        field.value = str(tmp_path / "new.txt")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "new.txt").exists())
        assert "deferred 128" in (tmp_path / "new.txt").read_text()
        assert (tmp_path / "new.txt").stat().st_mode & 0o777 == 0o600
        assert taken.read_text() == "mine"


async def test_ctrl_c_asks_and_enter_is_no() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("ctrl+c")
        await showing(pilot, ConfirmDialog)
        await pilot.press("enter")
        await showing(pilot, OverviewScreen)
        assert pilot.app.is_running
        await pilot.press("ctrl+c")
        await showing(pilot, ConfirmDialog)
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.return_code == 0)


async def test_q_steps_back_and_ends_at_the_first_page() -> None:
    async with console(FakeServices()) as pilot:
        await pilot.press("enter")
        await showing(pilot, IncidentScreen)
        await pilot.press("q")
        await showing(pilot, OverviewScreen)
        await pilot.press("q")
        await until(pilot, lambda: pilot.app.return_code == 0)


async def test_a_greyed_key_says_why() -> None:
    services = FakeServices()
    services.live.value = replace(services.live.value, incidents=())
    async with console(services) as pilot:
        await pilot.press("2", "s")
        await until(pilot, lambda: "There are no incidents." in text_of(pilot))


async def test_keys_can_be_changed_by_the_settings() -> None:
    services = FakeServices(settings=FakeSettings(keymap={"view.incidents": "i"}))
    async with console(services) as pilot:
        await pilot.press("i")
        await showing(pilot, IncidentsScreen)


@pytest.mark.parametrize("theme", ["mailtui-dark", "mailtui-light", "ansi-dark", "ansi-light", "no-such-theme"])
async def test_every_theme_paints(theme: str) -> None:
    async with console(FakeServices(settings=FakeSettings(theme=theme))) as pilot:
        assert "User unknown" in text_of(pilot)
        await pilot.press("f9")
        assert "User unknown" in text_of(pilot)


async def test_read_only_stands_in_the_title() -> None:
    async with console(FakeServices(settings=FakeSettings(read_only=True))) as pilot:
        assert "root RO" in text_of(pilot).splitlines()[0]
