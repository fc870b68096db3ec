"""What strangers wrote, on its way to the clipboard and into files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import mailtui
from mailtui.app import MailtuiApp
from mailtui.maillog.model import LineRef
from mailtui.screens.dialogs import ChooseDialog, PromptDialog
from tests.screens.fake_stories import HOSTILE
from tests.screens.fakes import IDENTITY, FakeServices, incidents

RAW = f"{HOSTILE} \udcff\x9b31m"
ROUNDS = 2000
"""Rounds of the event loop a file may take."""
UNSAFE = "\x1b\x07\x9b\u202e\udcff"


class App(MailtuiApp):
    CSS_PATH = str(Path(mailtui.__file__).parent / "styles/app.tcss")

    def __init__(self) -> None:
        services = FakeServices()
        hostile = replace(incidents()[2], title=RAW, action=RAW, samples=(LineRef("log", 0, RAW),), queue_ids=())
        services.live.value = replace(services.live.value, incidents=(hostile, incidents()[1]))
        super().__init__(services, IDENTITY)
        self.copied: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)


async def incidents_view(pilot: Pilot[None], app: App) -> None:
    while app.live is None:
        await pilot.pause()
    await pilot.press("2")
    await pilot.pause()


def painted(app: App) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("entry", ["1", "2", "3"])
async def test_copying_shows_and_takes_nothing_unsafe(entry: str) -> None:
    app = App()
    async with app.run_test(size=(120, 30)) as pilot:
        await incidents_view(pilot, app)
        await pilot.press("asterisk", "y")
        assert isinstance(app.screen, ChooseDialog)
        assert "[red]bold[/][/x]" in painted(app) and not any(char in painted(app) for char in UNSAFE)
        await pilot.press(entry)
        await pilot.pause()
        assert len(app.copied) == 1 and "[red]bold[/][/x]" in app.copied[0]
        assert not any(char in app.copied[0] for char in UNSAFE)


async def test_saving_writes_nothing_unsafe(tmp_path: Path) -> None:
    app = App()
    async with app.run_test(size=(120, 30)) as pilot:
        await incidents_view(pilot, app)
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, PromptDialog)
        app.screen.query_one(Input).value = str(tmp_path / "saved")
        await pilot.press("enter")
        for _ in range(ROUNDS):
            await pilot.pause(0.01)
            if any("Saved" in toast.message for toast in app._notifications):
                break
        text = (tmp_path / "saved").read_text()
        assert text.count("\n") == 3 and "\t" in text and not any(char in text for char in UNSAFE)
