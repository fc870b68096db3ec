"""Counts per minute: nothing misplaced, whatever the order and the clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.live.model import MINUTES
from mailtui.services.live.rates import BOUNCED, DEFERRED, DELIVERED, Rates

NOW = 1_772_000_000.0


def test_counts_stand_in_their_minute() -> None:
    rates = Rates()
    rates.add(NOW, DELIVERED)
    rates.add(NOW - 60, DEFERRED, 2)
    minutes = rates.minutes(NOW)
    assert len(minutes) == MINUTES
    assert (minutes[-1].delivered, minutes[-2].deferred) == (1, 2)
    assert sum(m.delivered + m.deferred for m in minutes) == 3


def test_an_older_line_read_later_still_counts() -> None:
    rates = Rates()
    rates.add(NOW, DELIVERED)
    rates.add(NOW - 3600, BOUNCED)
    assert rates.minutes(NOW)[-61].bounced == 1


def test_minutes_after_the_last_line_are_empty() -> None:
    rates = Rates()
    rates.add(NOW, DELIVERED)
    minutes = rates.minutes(NOW + 600)
    assert minutes[-1].delivered == 0
    assert minutes[-11].delivered == 1


def test_what_is_older_than_the_ring_is_forgotten() -> None:
    rates = Rates()
    rates.add(NOW, DELIVERED)
    rates.add(NOW - MINUTES * 60, DELIVERED)
    assert sum(m.delivered for m in rates.minutes(NOW)) == 1


@given(st.lists(st.integers(0, 3 * MINUTES * 60)))
def test_every_count_within_the_last_day_is_kept_once(ages: list[int]) -> None:
    """Lines come in any order as long as the newest is within a day of the oldest kept."""
    rates = Rates()
    for age in sorted(ages, reverse=True):
        rates.add(NOW - age, DELIVERED)
    last = int(NOW // 60)
    expected = sum(1 for age in ages if last - int((NOW - age) // 60) < MINUTES)
    assert sum(m.delivered for m in rates.minutes(NOW)) == expected
