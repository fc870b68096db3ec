"""Nothing that drives a terminal or hides from the eye survives ``clean``."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.text import age, clean, clean_lines, human_duration, human_size, iso, local

ANY_TEXT = st.text(st.characters(), max_size=60) | st.binary(max_size=60).map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ANY_TEXT)
def test_output_has_no_character_that_controls_or_breaks(text: str) -> None:
    cleaned = clean(text)
    assert {unicodedata.category(char) for char in cleaned}.isdisjoint({"Cc", "Zl", "Zp", "Cs"})
    assert not set(cleaned) & set(BIDI)
    assert cleaned.encode().decode() == cleaned


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_returned_as_it_is(text: str) -> None:
    assert clean(text) is text


def test_letters_of_all_scripts_stay() -> None:
    text = "Grüße, Привет, 你好, שלום, مرحبا, 👍 naïve"
    assert clean(text) is text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("a\tb\r\nc", "a␉b␍␊c"),
        ("\x7f", "␡"),
        ("\x9b31m", "‹U+009B›31m"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf‹E9›"),
        ("user\u202egpj.exe", "user‹U+202E›gpj.exe"),
        ("pay\u200bpal@x", "pay‹U+200B›pal@x"),
        ("a\U000e0041b", "a‹U+E0041›b"),
        ("a\ufe0fb", "a‹U+FE0F›b"),
        ("one\u2028two", "one‹U+2028›two"),
        ("\ud83d alone", "‹U+D83D› alone"),
    ],
)
def test_hidden_characters_become_visible(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_lines_stay_lines() -> None:
    assert clean_lines("one\r\ntwo\x1b\n\nfour") == "one\ntwo␛\n\nfour"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 kB"),
        (1536, "1.5 kB"),
        (10_240, "10 kB"),
        (1024**2 - 1, "1.0 MB"),
        (5 * 1024**3, "5.0 GB"),
        (3000 * 1024**5, "3000 PB"),
    ],
)
def test_a_size_is_told_in_the_largest_unit_that_fits(size: int, words: str) -> None:
    assert human_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0s"),
        (0.354, "0.35s"),
        (3.04, "3s"),
        (9.96, "10s"),
        (59.6, "1m"),
        (61, "1m 1s"),
        (3600, "1h"),
        (3660, "1h 1m"),
        (93784, "1d 2h"),
        (86400 * 40, "40d"),
        (86400 + 5, "1d"),
        (-61, "-1m 1s"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert human_duration(seconds) == words


@given(st.floats(min_value=0, max_value=4e9))
def test_iso_round_trips(time: float) -> None:
    parsed = datetime.fromisoformat(iso(time))
    assert parsed.tzinfo is not None
    assert abs(parsed.timestamp() - time) <= 1e-6


def test_iso_shows_fractions_only_where_there_are_some() -> None:
    assert len(iso(1_700_000_000.0)) == len("2026-11-20T19:29:01+00:00")
    assert ".25" in iso(1_700_000_000.25)


def test_local_time_for_reading() -> None:
    assert local(datetime(2026, 11, 20, 19, 29, 1).timestamp() + 0.9) == "2026-11-20 19:29:01"


def test_age_is_never_negative() -> None:
    assert age(100.0, now=90.0) == "0s"
    assert age(0.0, now=90.0) == "1m 30s"
