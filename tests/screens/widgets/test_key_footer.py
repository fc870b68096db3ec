"""The line of keys: one that makes no sense is told apart at a glance."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.color import Color

from mailtui.app import MailtuiApp
from mailtui.screens.themes import THEMES
from tests.screens.fakes import IDENTITY, FakeServices
from tests.screens.test_console import until


def styles(app: MailtuiApp) -> dict[str, Style]:
    """Of each word of the last line, the style."""
    strip = app.screen._compositor.render_strips()[-1]
    return {segment.text.strip(): segment.style or Style() for segment in strip}


def contrast(style: Style) -> float:
    """How far the letters are from what is behind them, in brightness; 1 is black on white."""
    assert style.color is not None and style.bgcolor is not None
    return abs(Color.from_rich_color(style.color).brightness - Color.from_rich_color(style.bgcolor).brightness)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_in_an_empty_queue_hold_is_paler_than_filter(theme: str) -> None:
    app = MailtuiApp(FakeServices(), IDENTITY)
    app.theme = theme
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "Hold" in styles(app) and "Filter" in styles(app))
        found = styles(app)
        for greyed, alive in (("Hold", "Filter"), ("H", "/")):
            assert 0.2 < contrast(found[greyed]) < contrast(found[alive]) - 0.1
        app.workers.cancel_all()


async def test_in_sixteen_colours_it_is_dim() -> None:
    app = MailtuiApp(FakeServices(), IDENTITY)
    app.theme = "ansi-dark"
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, lambda: "Hold" in styles(app) and "Filter" in styles(app))
        assert styles(app)["Hold"].dim and not styles(app)["Filter"].dim
        app.workers.cancel_all()
