"""Rows to line numbers and back, against plain lists."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mailtui.filters import parse
from mailtui.screens.log.levels import passes
from mailtui.screens.log.lines import each_line
from mailtui.screens.log.search import Scan, Seek
from mailtui.screens.log.shown import Shown
from mailtui.services.logs import BlockIndex
from tests.screens.log.machine import text_line, write_log

NUMBERS = st.lists(st.integers(-1000, 1000), unique=True).map(sorted)


@given(NUMBERS, st.integers(0, 100), st.integers(-1100, 1100))
def test_a_row_for_every_number(numbers: list[int], newer: int, wanted: int) -> None:
    shown = Shown(-1000, 1001)
    shown.filter(True)
    cut = max(0, len(numbers) - newer)
    shown.found_older(reversed(numbers[:cut]))
    shown.found_newer(numbers[cut:])
    assert [shown.number(row) for row in range(len(shown))] == numbers
    if numbers:
        expected = next((row for row, number in enumerate(numbers) if number >= wanted), len(numbers) - 1)
        assert shown.row(wanted) == expected
        row = shown.row(wanted)
        assert list(shown.numbers(row, 1)) == numbers[row + 1 :]
        assert list(shown.numbers(row, -1)) == numbers[:row][::-1]


def test_bounds_and_growth() -> None:
    shown = Shown(-10, 5)
    assert (len(shown), shown.number(0), shown.row(4)) == (15, -10, 14)
    assert shown.know(-30, 6) == 20
    shown.low = -3
    assert (len(shown), shown.number(0), shown.know(-40, 9)) == (9, -3, 0)
    shown.high = 0
    assert [shown.number(row) for row in range(len(shown))] == [-3, -2, -1]
    assert list(shown.numbers(1, 1)) == [-1] and list(shown.numbers(1, -1)) == [-3]


def test_each_line_both_ways_over_many_blocks(tmp_path: Path) -> None:
    index = _index(tmp_path, 9000)
    numbers = range(index.first, index.end)
    forth = [pair for rows in each_line(index, numbers) for pair in rows]
    back = [pair for rows in each_line(index, numbers[::-1]) for pair in rows]
    assert [data.decode() for _, data in forth] == [text_line(n) for n in range(9000)]
    assert [number for number, _ in forth] == list(numbers)
    assert back == forth[::-1]


def test_a_scan_finds_what_a_loop_finds_newest_first(tmp_path: Path) -> None:
    index = _index(tmp_path, 9000)
    scan = Scan(index, "x", passes(parse("status:deferred u8")), None, index.end)
    while not scan.step(0.001):
        pass
    texts = [index.read_lines(number, 1)[0].data.decode() for number in scan.take()]
    assert texts == [text_line(n) for n in range(8999, -1, -10) if "u8" in text_line(n)]


def test_a_seek_gives_up_at_the_end(tmp_path: Path) -> None:
    index = _index(tmp_path, 3000)
    seek = Seek(index, "x", passes(parse("nowhere")), range(index.first, index.end))
    while not seek.step(0.001):
        pass
    assert seek.found is None


def _index(folder: Path, lines: int) -> BlockIndex:
    write_log(folder / "mail.log", lines)
    index = BlockIndex(folder / "mail.log")
    while not index.count():
        pass
    return index
