"""Sizes, durations and moments as operators write them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.filters import values

NOON = datetime(2026, 11, 20, 12, 0).timestamp()


def local(*parts: int) -> float:
    return datetime(*parts).timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("10", 10),
        ("10k", 10240),
        ("1.5M", 1572864),
        (".5kB", 512),
        ("2GiB", 2 * 1024**3),
        ("1T", 1024**4),
    ],
)
def test_a_size_with_or_without_unit_is_bytes(text: str, size: int) -> None:
    assert values.size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("0.5s", 0.5), ("2h", 7200), ("1d12h", 129600), ("1W", 604800), ("1h30m", 5400)],
)
def test_a_duration_of_one_or_more_units_is_seconds(text: str, seconds: float) -> None:
    assert values.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1x", "k", "1..2k", "-5", "١٢k2", "1e5", "h", "nan"])
def test_what_is_neither(text: str) -> None:
    assert values.size(text) is None
    assert values.duration(text) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-11-20", local(2026, 11, 20), local(2026, 11, 21)),
        ("2026-12", local(2026, 12, 1), local(2027, 1, 1)),
        ("2026-11-20T14:30", local(2026, 11, 20, 14, 30), local(2026, 11, 20, 14, 31)),
        ("2026-11-20 14:30:05", local(2026, 11, 20, 14, 30, 5), local(2026, 11, 20, 14, 30, 6)),
        ("2023-11-14T22:13:20Z", 1_700_000_000, 1_700_000_001),
        ("2023-11-14t22:13+00:00", 1_700_000_000 - 20, 1_700_000_000 + 40),
        ("2023-11-14T22:13:20.5Z", 1_700_000_000.5, 1_700_000_000.500001),
        ("today", local(2026, 11, 20), local(2026, 11, 21)),
        ("Yesterday", local(2026, 11, 19), local(2026, 11, 20)),
        ("9:05", local(2026, 11, 20, 9, 5), local(2026, 11, 20, 9, 6)),
        ("09:05:07", local(2026, 11, 20, 9, 5, 7), local(2026, 11, 20, 9, 5, 8)),
        ("2h", NOON - 7200, NOON - 7200),
        ("now", NOON, NOON),
        ("@1700000000", 1_700_000_000, 1_700_000_000),
    ],
)
def test_a_moment_is_as_long_as_what_was_written_is_exact(text: str, start: float, end: float) -> None:
    assert values.moment(text, NOON) == (start, end)


@pytest.mark.parametrize("text", ["", "someday", "25:00", "2026-13", "2026-02-30", "@", "@inf", "9999-12-31", "\0"])
def test_what_is_no_moment(text: str) -> None:
    assert values.moment(text, NOON) is None


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    moment = values.moment(text, NOON)
    assert moment is None or moment.start <= moment.end
    for read in (values.size, values.duration, values.number, values.severity):
        value = read(text)
        assert value is None or value == value
