"""What is painted when the operator goes from view to view, and when something new is known: no more than it takes."""

from __future__ import annotations

import dataclasses

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor, LayoutUpdate
from textual.app import App
from textual.screen import Screen

from mailtui.screens.help import HelpScreen
from mailtui.screens.incidents import IncidentsScreen
from mailtui.screens.maps import MapsScreen
from mailtui.screens.overview import OverviewScreen
from mailtui.screens.widgets import TitleBar
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, showing, until


class Paints:
    """Counts how often the whole screen was painted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.whole = 0
        real = Compositor.render_full_update

        def counted(compositor: Compositor, simplify: bool = False) -> LayoutUpdate:
            self.whole += 1
            return real(compositor, simplify)

        monkeypatch.setattr(Compositor, "render_full_update", counted)


async def test_a_view_that_was_open_is_painted_whole_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(FakeServices()) as pilot:
        for key, screen in (("6", MapsScreen), ("2", IncidentsScreen)):
            await pilot.press(key)
            await showing(pilot, screen)
        paints = Paints(monkeypatch)
        await pilot.press("6")
        await showing(pilot, MapsScreen)
        await pilot.wait_for_scheduled_animations()
        assert paints.whole == 1


async def test_what_lay_under_a_dialog_is_painted_once_when_that_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[object] = []
    real = App._display

    def told(app: App[None], screen: Screen[object], update: RenderableType | None) -> None:
        if isinstance(update, LayoutUpdate) and not app._batch_count:
            painted.append(screen)
        real(app, screen, update)

    async with console(FakeServices()) as pilot:
        await pilot.press("question_mark")
        await showing(pilot, HelpScreen)
        await pilot.wait_for_scheduled_animations()
        monkeypatch.setattr(App, "_display", told)
        await pilot.press("escape")
        await showing(pilot, OverviewScreen)
        await until(pilot, lambda: painted != [])
        await pilot.wait_for_scheduled_animations()
        assert len(painted) == 1


async def test_what_is_learned_does_not_paint_the_whole_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    services = FakeServices()
    async with console(services) as pilot:
        await pilot.press("2")
        await showing(pilot, IncidentsScreen)
        await pilot.wait_for_scheduled_animations()
        paints = Paints(monkeypatch)
        live = services.live.value
        services.live.value = dataclasses.replace(live, version=live.version + 1, now=live.now + 3600)
        before = str(pilot.app.screen.query_one(TitleBar).render())
        await until(pilot, lambda: str(pilot.app.screen.query_one(TitleBar).render()) != before)
        await pilot.wait_for_scheduled_animations()
        assert paints.whole == 0


async def test_a_notification_follows_to_a_view_that_was_open() -> None:
    async with console(FakeServices()) as pilot:
        for key, screen in (("6", MapsScreen), ("2", IncidentsScreen)):
            await pilot.press(key)
            await showing(pilot, screen)
        pilot.app.notify("mail flows")
        await pilot.press("6")
        await showing(pilot, MapsScreen)
        await until(pilot, lambda: bool(pilot.app.screen.query("Toast")))
