"""The view of probes as it looks: the list, a refused login, a user who is not everywhere."""

from __future__ import annotations

import pytest

from tests.screens.fake_console import console
from tests.screens.test_pictures import LARGE, SMALL, Compare, pressing

_ADDRESS = (*"a@b.example", "enter")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_the_list(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(console("fine"), run_before=pressing("f4"), terminal_size=size)


@pytest.mark.parametrize(
    "keys",
    [("K", *_ADDRESS), ("j", "j", "j", "K", *_ADDRESS, "x", "enter"), ("j", "j", "j", "K", *_ADDRESS, "x")],
    ids=["user", "login", "password"],
)
def test_a_result(snap_compare: Compare, keys: tuple[str, ...]) -> None:
    assert snap_compare(console("fine"), run_before=pressing("f4", *keys), terminal_size=SMALL)
