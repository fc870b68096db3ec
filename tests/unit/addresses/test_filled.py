"""``forward_path`` and ``luser_relay``, filled in as local(8) does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.host.users import Account
from mailtui.services.postfix.addresses.filled import filled, lacks_a_name, names_of

ANNA = names_of("anna+x@a.example", "anna", "+x", "+", Account("anna", "/home/anna", "/bin/sh"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("$home/.forward${recipient_delimiter}${extension}", "/home/anna/.forward+x"),
        ("$(user)@far.example", "anna@far.example"),
        ("${extension?{.$extension}}", ".x"),
        ("${nothing:none}", "none"),
        ("${extension:none}", ""),
        ("$nobody", ""),
        ("$recipient of $domain by $shell", "anna+x@a.example of a.example by /bin/sh"),
        ("$local", "anna+x"),
    ],
)
def test_names_are_filled_in(text: str, meant: str) -> None:
    assert filled(text, ANNA) == meant


@pytest.mark.parametrize(
    ("path", "passed_over"),
    [
        ("$home/.forward${recipient_delimiter}${extension}", True),
        ("$home/.forward", False),
        ("$home/.forward${extension?{-$extension}}", False),
        ("$nobody", True),
    ],
)
def test_without_an_extension_a_file_named_by_it_is_passed_over(path: str, passed_over: bool) -> None:
    names = names_of("anna@a.example", "anna", "", "+", Account("anna", "/home/anna"))
    assert lacks_a_name(path, names) is passed_over


def test_without_an_account_there_is_no_home() -> None:
    assert filled("$home|$user", names_of("x@a", "x", "", "", None)) == "|x"


def test_without_an_extension_the_delimiter_is_the_first_that_is_set() -> None:
    names = names_of("anna@a.example", "anna", "", "-+", None)
    assert filled(".forward${recipient_delimiter}${extension}", names) == ".forward-"


@given(st.text(alphabet="$(){}?:ab ", max_size=40))
def test_nothing_in_main_cf_makes_it_stumble(text: str) -> None:
    assert isinstance(filled(text, ANNA), str)
