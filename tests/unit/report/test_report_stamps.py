"""Stamps of lines that were damaged on their way into the log."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.maillog.report.stamps import moment

TODAY = date(2026, 3, 1)


def test_a_stamp_is_what_a_clock_showed() -> None:
    assert moment("Mar  1 10:02:03", TODAY) == datetime(2026, 3, 1, 10, 2, 3)


@pytest.mark.parametrize("stamp", ["Mar  1 10+01:00", "Mar  1 10:02:6x", "Feb 31 10:02:03"])
def test_a_damaged_stamp_is_no_time(stamp: str) -> None:
    assert moment(stamp, TODAY) is None


@given(st.text("0123456789:+-ZT. ", min_size=8, max_size=8))
def test_all_stamps_can_be_subtracted(clock: str) -> None:
    found = moment(f"Mar  1 {clock}", TODAY)
    assert found is None or found.tzinfo is None
