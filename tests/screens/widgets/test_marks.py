"""Marked rows: chosen by keyboard, held in their places, shown by more than a colour."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from mailtui.screens.widgets import Column, LineTable, TableRow

COLUMNS = (Column("key", "Key", 8), Column("word", "Word", 10, grow=1), Column("count", "Count", 7, right=True))


def rows(keys: Iterable[str]) -> list[TableRow]:
    return [TableRow(key, (Content(key), Content("word"), Content("7"))) for key in keys]


class Bench(App[None]):
    changes = 0
    clicked = ""

    def compose(self) -> ComposeResult:
        yield LineTable(COLUMNS, empty="nothing")

    def on_mount(self) -> None:
        self.table.update_rows(rows("abcdef"))
        self.table.focus()

    @property
    def table(self) -> LineTable:
        return self.query_one(LineTable)

    def on_line_table_marks_changed(self) -> None:
        self.changes += 1

    def on_line_table_header_clicked(self, event: LineTable.HeaderClicked) -> None:
        self.clicked = event.column


def shown(pilot: Pilot[None]) -> list[str]:
    """Mark and key of every row."""
    strips = pilot.app.screen._compositor.render_strips()[1:]
    return [strip.text[:2] for strip in strips if strip.text.strip()]


def header(pilot: Pilot[None]) -> str:
    """The line that stays at the top."""
    return pilot.app.screen._compositor.render_strips()[0].text


def thumb(pilot: Pilot[None]) -> list[int]:
    """Lines on which the part of the scrollbar is painted that can be taken hold of."""
    strips = pilot.app.screen._compositor.render_strips()
    beside = [list(strip)[-2].style for strip in strips]
    return [y for y, style in enumerate(beside) if style and style.meta.get("@mouse.down") == "grab"]


async def test_space_marks_and_goes_on() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        assert list(app.table.chosen_keys) == ["a"]
        assert not app.table.has_marks
        await pilot.press("space", "j", "space")
        await pilot.pause()
        assert list(app.table.chosen_keys) == ["a", "c"]
        assert app.table.cursor_key == "d"
        assert shown(pilot) == ["●a", " b", "●c", " d", " e", " f"]
        await pilot.press("g", "space")
        assert app.table.chosen_keys == ("c",)


async def test_a_mark_far_down_is_counted_in_the_header() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.update_rows(rows(map(str, range(100))))
        await pilot.press("G", "k", "space")
        await pilot.pause()
        assert "1 marked" in header(pilot)
        await pilot.press("U")
        await pilot.pause()
        assert "marked" not in header(pilot)
        assert not any(mark.startswith("●") for mark in shown(pilot))


async def test_the_scrollbar_follows() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.update_rows(rows(map(str, range(100))))
        await pilot.pause()
        above = thumb(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert min(above) == 0
        assert max(thumb(pilot)) == 23
        assert len(thumb(pilot)) in range(len(above) - 1, len(above) + 2)
        app.theme = "textual-light"
        await pilot.pause()
        assert max(thumb(pilot)) == 23


async def test_a_range_all_and_none() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "space", "j", "j", "v")
        assert app.table.chosen_keys == ("b", "c", "d", "e")
        await pilot.press("asterisk")
        assert len(app.table.chosen_keys) == 6
        await pilot.press("U", "G", "v")
        assert app.table.chosen_keys == ("f",)
        await pilot.press("k", "k", "v")
        assert app.table.chosen_keys == ("d", "e", "f")


async def test_marked_rows_keep_their_places() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "space")
        app.table.update_rows(rows("xfedcba"))
        await pilot.pause()
        assert shown(pilot) == [" a", "●b", " c", " d", " e", " f", " x"]
        assert "1 marked, rows keep their places" in pilot.app.screen._compositor.render_strips()[0].text
        await pilot.press("U")
        app.table.update_rows(rows("xfedcba"))
        await pilot.pause()
        assert shown(pilot) == [" x", " f", " e", " d", " c", " b", " a"]


async def test_the_mark_of_a_row_that_is_gone_is_gone() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("asterisk")
        await pilot.pause()
        assert app.changes == 1
        app.table.update_rows(rows("ab"))
        await pilot.pause()
        assert app.changes == 2
        assert app.table.chosen_keys == ("a", "b")
        app.table.update_rows([])
        await pilot.pause()
        assert not app.table.chosen_keys
        assert not app.table.has_marks
        await pilot.press("space", "v", "asterisk")
        assert not app.table.chosen_keys


async def test_the_order_is_shown_and_a_click_asks_for_another() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.say_order("count", reverse=False)
        assert "Count ↓" in app.table.header().plain
        app.table.say_order("word", reverse=True)
        assert "Word ↑" in app.table.header().plain and "Count ↓" not in app.table.header().plain
        await pilot.click(LineTable, offset=(75, 0))
        await pilot.pause()
        assert app.clicked == "count" and app.table.cursor_key == "a"
        await pilot.click(LineTable, offset=(3, 4))
        assert app.table.cursor_key == "d"
