"""Lists of any length, and a footer that hides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input

from mailtui.filters import EVERYTHING
from mailtui.screens.widgets import Column, FilterBar, KeyFooter, LineTable, TableRow

COLUMNS = (
    Column("n", "N", 6, right=True),
    Column("word", "Word", 10, grow=1),
    Column("more", "More", 5, only_from=100),
)


def row(key: str, word: str = "word", style: str = "") -> TableRow:
    return TableRow(key, (Content(key), Content.styled(word, style), Content("more")))


class Counting(LineTable):
    """Counts what it draws."""

    drawn = 0

    def cells(self, index: int) -> Sequence[Content]:
        self.drawn += 1
        return super().cells(index)


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield FilterBar(EVERYTHING)
        yield Counting(COLUMNS, empty="nothing here")
        yield KeyFooter()

    opened = ""
    where = ""

    def on_line_table_opened(self, event: LineTable.Opened) -> None:
        self.opened = event.key

    def on_filter_bar_changed(self, event: FilterBar.Changed) -> None:
        self.where = str(event.where)


async def test_a_hundred_thousand_rows_draw_what_is_visible() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(Counting)
        table.update_rows([row(str(n)) for n in range(100_000)])
        await pilot.pause()
        await pilot.press("G")
        assert table.cursor_key == "99999"
        assert table.drawn < 100
        await pilot.press("g", "pagedown", "j", "enter")
        assert pilot.app.query_one(Counting).cursor == 22
        await pilot.pause()
        assert isinstance(pilot.app, Bench) and pilot.app.opened == "22"


async def test_an_update_draws_only_what_changed() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(Counting)
        table.update_rows([row(str(n)) for n in range(10)])
        await pilot.pause()
        before = table.drawn
        table.update_rows([row(str(n)) for n in range(10)])
        await pilot.pause()
        assert table.drawn == before
        table.update_rows([row(str(n), style="bold" if n == 3 else "") for n in range(10)])
        await pilot.pause()
        assert table.drawn == before + 1


async def test_the_cursor_follows_its_row_and_survives_its_end() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(Counting)
        table.focus()
        table.update_rows([row(key) for key in "abc"])
        await pilot.press("j")
        table.update_rows([row(key) for key in "xyzabc"])
        assert table.cursor_key == "b"
        table.update_rows([row(key) for key in "xy"])
        assert table.cursor_key == "y"
        table.update_rows([])
        assert table.cursor_key is None
        await pilot.press("j", "G", "enter")
        table.update_rows([row("z")])
        assert table.cursor_key == "z"


async def test_the_cursor_stays_at_the_top_until_it_is_moved() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(Counting)
        table.update_rows([row("old")])
        table.update_rows([row("new"), row("old")])
        assert table.cursor_key == "new"
        await pilot.press("j", "k")
        table.update_rows([row("newest"), row("new"), row("old")])
        assert table.cursor_key == "new"
        await pilot.press("g")
        table.update_rows([row("last"), row("newest"), row("new"), row("old")])
        assert table.cursor_key == "last"


async def test_columns_come_and_go_with_the_room() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        table = pilot.app.query_one(Counting)
        table.update_rows([row("1")])
        assert "More" not in table.header().plain
        assert len(table.line(0).plain) == 78
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        assert "More" in table.header().plain
        assert len(table.line(0).plain) == 118


class Crowded(Bench):
    BINDINGS = [Binding(key, "bell", f"Binding number {n}", id=f"b.{n}") for n, key in enumerate("qwertzuiop")]  # noqa: RUF012


async def test_the_footer_counts_what_does_not_fit() -> None:
    async with Crowded().run_test(size=(60, 24)) as pilot:
        text = pilot.app.query_one(KeyFooter).render().plain
        assert len(text) <= 60
        shown = text.count("Binding number")
        assert 0 < shown < 10
        assert f"+{11 - shown - text.count('Open')} in help" in text


async def test_a_wrong_filter_stays_to_be_mended() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Bench)
        app.query_one(FilterBar).write()
        await pilot.press(*"(a", "enter")
        assert app.where == ""
        assert isinstance(app.focused, Input)
        await pilot.press("backspace", "backspace", *"who:us", "enter")
        await pilot.pause()
        assert app.where == "who:us"
        assert not isinstance(app.focused, Input)
        app.query_one(FilterBar).write()
        await pilot.press(*"xx", "escape")
        assert app.query_one(Input).value == "who:us"
