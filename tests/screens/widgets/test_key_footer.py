"""The line of keys: one that makes no sense is told apart at a glance."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.style import Style
from textual.color import Color

from mailtui.app import MailtuiApp
from mailtui.screens.themes import THEMES
from tests.screens.fakes import FakeServices
from tests.screens.test_console import console, until


def styles(app: MailtuiApp) -> dict[str, Style]:
    """Of each word of the last line, the style."""
    strip = app.screen._compositor.render_strips()[-1]
    return {segment.text.strip(): segment.style or Style() for segment in strip}


def contrast(style: Style) -> float:
    """How far the letters are from what is behind them, in brightness; 1 is black on white."""
    assert style.color is not None and style.bgcolor is not None
    return abs(Color.from_rich_color(style.color).brightness - Color.from_rich_color(style.bgcolor).brightness)


@asynccontextmanager
async def empty_queue(theme: str) -> AsyncIterator[dict[str, Style]]:
    """The styles of the keys in the view of a queue without messages."""
    async with console(FakeServices(), (120, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, MailtuiApp)
        app.theme = theme
        await pilot.press("4")
        await until(pilot, lambda: "Hold" in styles(app) and "Filter" in styles(app))
        yield styles(app)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_in_an_empty_queue_hold_is_paler_than_filter(theme: str) -> None:
    async with empty_queue(theme) as found:
        for greyed, alive in (("Hold", "Filter"), ("H", "/")):
            assert 0.2 < contrast(found[greyed]) < contrast(found[alive]) - 0.1


async def test_in_sixteen_colours_it_is_dim() -> None:
    async with empty_queue("ansi-dark") as found:
        assert found["Hold"].dim and not found["Filter"].dim
