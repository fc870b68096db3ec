"""The line in which a filter is written says what is wrong while it is written."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input, Label

from mailtui.filters import EVERYTHING
from mailtui.screens.widgets import FilterBar


class Bench(App[None]):
    taken = ""

    def compose(self) -> ComposeResult:
        yield FilterBar(EVERYTHING)

    def on_mount(self) -> None:
        self.query_one(FilterBar).write()

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        self.taken = str(event.where)

    @property
    def complaint(self) -> str:
        return str(self.query_one(".filter-error", Label).content)


async def test_every_key_is_checked() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"age>2h size>")
        await pilot.pause()
        assert app.complaint.startswith(" column 13: size> needs a value")
        await pilot.press(*"1M")
        await pilot.pause()
        assert app.complaint == ""


async def test_a_refused_filter_is_red_until_it_is_mended() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(FilterBar)
        await pilot.press(*"a (b")
        assert not bar.has_class("-refused")
        await pilot.press("enter")
        assert bar.has_class("-refused") and app.taken == ""
        await pilot.press("left", "backspace")
        await pilot.pause()
        assert not bar.has_class("-refused")
        await pilot.press("enter")
        await pilot.pause()
        assert app.taken == "a b"


async def test_what_is_complained_about_can_not_drive_the_terminal() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(Input).value = "size>\x9b31m[red]\u202e"
        await pilot.pause()
        assert "column 6" in app.complaint
        assert not any(char in app.complaint for char in "\x9b\u202e\x1b")
