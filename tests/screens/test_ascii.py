"""A console for terminals that show ASCII only."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mailtui.app import MailtuiApp
from mailtui.screens.ascii import in_ascii, speaks_unicode
from tests.screens.fakes import IDENTITY, FakeServices


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LC_CTYPE": "C.utf8", "LANG": "C"}, True),
        ({"LC_ALL": "", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False),
        ({"LANG": "POSIX"}, False),
        ({"LANG": "de_DE@euro"}, False),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, False),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
    ],
)
def test_the_first_variable_that_is_set_names_the_character_set(environ: dict[str, str], expected: bool) -> None:
    assert speaks_unicode(environ) is expected


def test_signs_keep_their_meaning_and_letters_their_width() -> None:
    assert in_ascii("✖ 3 … ▲ José › ‹9B› ▁▄█ ╭─╮") == "X 3 ~ ! Jose > <9B> _-# +-+"
    assert in_ascii("寄件 e\u0301") == "???? e"


@given(st.text())
def test_any_text_becomes_ascii_of_the_same_width(text: str) -> None:
    plain = in_ascii(text)
    assert plain.isascii()
    assert cell_len(plain) == cell_len(text)


@pytest.mark.parametrize("view", ["1", "2", "question_mark", "ctrl+p"])
async def test_nothing_but_ascii_is_painted(monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    monkeypatch.setitem(os.environ, "LC_ALL", "C")
    app = MailtuiApp(FakeServices(), IDENTITY)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(view)
        await pilot.pause()
        rows = [strip.text for strip in app.screen._compositor.render_strips()]
        assert "mx1" in rows[0]
        assert all(row.isascii() for row in rows)
