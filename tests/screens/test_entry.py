"""What is typed takes the place of a wrong address, and mends a wrong port."""

from __future__ import annotations

import pytest

from mailtui.screens.entry import is_a_name


@pytest.mark.parametrize("value", ["gone@shop.example", "ring", "anna-2"])
def test_an_address_is_replaced_as_a_whole(value: str) -> None:
    assert is_a_name(value)


@pytest.mark.parametrize(
    "value", ["a@b.example, c@b.example", "smtp:[127.0.0.1]:229", "/var/mail/x", "|/bin/sort", "", ":include:/etc/all"]
)
def test_of_others_a_part_may_be_kept(value: str) -> None:
    assert not is_a_name(value)
