"""Counting the queue by age and by whom it concerns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.model import QueueEntry, QueueRecipient
from mailtui.services.postfix.queue.shape import BUCKETS, COLUMNS, shape

NOW = 1_800_000_000.0


def entry(minutes: float, sender: str, *recipients: str, size: int = 10) -> QueueEntry:
    to = tuple(QueueRecipient(address, "452 full") for address in recipients)
    return QueueEntry("deferred", "3A0B725E938", NOW - minutes * 60, size, sender, to)


def test_domains_by_age_like_qshape() -> None:
    entries = [
        entry(0, "a@x.example", "1@one.example", "2@ONE.example", "3@two.example"),
        entry(5, "a@x.example", "4@one.example"),
        entry(99_999, "", "5@three.example"),
    ]
    found = shape(entries, now=NOW)
    assert [(row.name, row.total) for row in found.rows] == [
        ("one.example", 2),
        ("three.example", 1),
        ("two.example", 1),
    ]
    one, three, _ = found.rows
    assert one.counts == (1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    assert three.counts[-1] == 1
    assert (found.total.total, found.total.size, found.total.oldest) == (3, 30, NOW - 99_999 * 60)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("sender", ["a@x.example", "<>"]),
        ("sender_domain", ["x.example", "<>"]),
        ("recipient", ["1@one.example", "2@two.example"]),
        ("reason", ["452 full"]),
        ("sasl_username", ["-"]),
        ("client", ["-"]),
        ("queue_name", ["deferred"]),
    ],
)
def test_other_rows(by: str, names: list[str]) -> None:
    found = shape([entry(1, "A@x.example", "1@one.example"), entry(1, "", "2@two.example")], by, NOW)
    assert sorted(row.name for row in found.rows) == sorted(names)


def test_a_wrong_column_is_told_with_the_right_ones() -> None:
    with pytest.raises(UsageError) as caught:
        shape((), "nosuch")
    assert all(name in caught.value.unlock for name in COLUMNS)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e9)), st.sampled_from(sorted(COLUMNS)))
def test_nothing_is_lost_or_counted_twice(ages: list[float], by: str) -> None:
    found = shape([entry(age / 60, "a@x.example", "b@y.example") for age in ages], by, NOW)
    assert found.total.total == len(ages) == sum(row.total for row in found.rows)
    assert len(found.total.counts) == len(BUCKETS) + 1
