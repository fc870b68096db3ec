"""The words of the machine's findings, which a person reads."""

from __future__ import annotations

import pytest

from mailtui.services.checks.machine import finding


@pytest.mark.parametrize(
    ("kind", "count", "title"),
    [
        ("queue.hold", 1, "1 message is held"),
        ("queue.hold", 2, "2 messages are held"),
        ("queue.corrupt", 1, "1 queue file could not be read by Postfix"),
    ],
)
def test_one_of_something_is_told_as_one(kind: str, count: int, title: str) -> None:
    assert finding("queue", kind, "hold queue", count=count).title == title
