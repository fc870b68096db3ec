from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailtui.screens.plots import DAY, HOUR, bar_rows, plot_lines
from mailtui.screens.rate_cells import buckets
from mailtui.screens.targets import OpenLog
from tests.screens.fake_stories import NOW
from tests.screens.fakes import live_snapshot

COUNTS = st.lists(st.integers(0, 10**6), max_size=100)


@given(COUNTS, st.integers(1, 200))
def test_buckets_keep_every_peak(values: list[int], width: int) -> None:
    drawn = buckets(values, width)
    assert len(drawn) == (width if values else 0)
    if values:
        assert max(drawn) == max(values)


@given(COUNTS, st.integers(1, 6))
def test_bars_stand_on_the_ground_and_something_is_never_nothing(values: list[int], height: int) -> None:
    rows = bar_rows(values, len(values), height)
    assert len(rows) == height
    for column, value in enumerate(values):
        assert (rows[-1][column] != " ") == (value > 0)
        for upper, lower in pairwise(rows):
            assert upper[column] == " " or lower[column] == "█"


def test_a_plot_fills_its_place_and_each_band_opens_its_lines() -> None:
    for span in (HOUR, DAY):
        lines = plot_lines(live_snapshot(), span, 60, 14)
        assert len(lines) == 14
        assert all(sum(len(cell.text) for cell in line) <= 60 for line in lines)
        targets = [cell.target for line in lines for cell in line if cell.target]
        assert targets[1] == OpenLog("status:deferred", start=NOW - span.minutes * 60)
        assert len(targets) == 4


def test_no_room_or_nothing_known_is_a_title() -> None:
    assert len(plot_lines(None, HOUR, 60, 14)) == 1
    assert len(plot_lines(live_snapshot(), HOUR, 60, 4)) == 1
