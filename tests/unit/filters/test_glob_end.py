"""A pattern that only leaves the beginning open is asked for as an end of the text: the answer is fnmatch's."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from mailtui.filters import parse

TEXT = st.text("aB.@\nK", max_size=6)


@given(TEXT, st.text("aB.@K", min_size=1, max_size=4))
def test_the_answer_is_that_of_the_pattern(text: str, end: str) -> None:
    wanted = fnmatchcase(text.lower(), f"*{end}".lower())
    assert parse(f"recipient:*{end}").matches({"recipient": text}) is wanted


@given(TEXT, st.text("aB.@K", min_size=1, max_size=4))
def test_in_quotes_the_star_is_a_star(text: str, end: str) -> None:
    assert not parse(f'recipient:"*{end}"').matches({"recipient": text})
    assert parse(f'recipient:"*{end}"').matches({"recipient": f"*{end}"})
