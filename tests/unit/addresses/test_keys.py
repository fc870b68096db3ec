"""The keys by which tables are asked, as virtual(5) and transport(5) list them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.addresses.keys import (
    address_keys,
    domain_keys,
    quoted,
    split_address,
    split_extension,
    transport_keys,
    unquoted,
)
from mailtui.services.postfix.addresses.lookups import MOST, Lookups
from mailtui.services.postfix.addresses.rewriting import Rewriting
from tests.support.tools import RecordedTools


class Settings:
    """main.cf in memory."""

    where = ()

    def __init__(self, **values: str) -> None:
        self._values = values

    def get(self, name: str) -> str:
        return self._values.get(name, "")


def texts(address: str, delimiters: str = "+", *, local: bool = False) -> list[str]:
    return [key.text for key in address_keys(address, delimiters, local=local)]


def test_an_address_with_an_extension_is_looked_up_in_the_order_of_virtual_5() -> None:
    assert texts("anna+x@a.example") == ["anna+x@a.example", "anna@a.example", "@a.example"]
    assert texts("anna+x@a.example", local=True) == [
        "anna+x@a.example",
        "anna@a.example",
        "anna+x",
        "anna",
        "@a.example",
    ]


def test_what_needs_quotes_is_asked_with_them_first() -> None:
    keys = address_keys("anna b@a.example", "", local=False)
    assert [(key.text, key.bare) for key in keys] == [
        ('"anna b"@a.example', False),
        ("anna b@a.example", True),
        ("@a.example", False),
    ]


def test_a_domain_above_stands_with_a_dot_unless_it_holds_for_those_below() -> None:
    assert [key.text for key in domain_keys("a.b.example", parents=False)] == ["a.b.example", ".b.example", ".example"]
    assert [key.text for key in domain_keys("a.b.example", parents=True)] == ["a.b.example", "b.example", "example"]
    assert [key.text for key in transport_keys("x@a.example", "", parents=False)] == [
        "x@a.example",
        "a.example",
        ".example",
        "*",
    ]


def test_some_names_have_no_extension() -> None:
    assert split_extension("postmaster", "-") == ("postmaster", "")
    assert split_extension("owner-list", "-") == ("owner-list", "")
    assert split_extension("list-request", "-") == ("list-request", "")
    assert split_extension("+x", "+") == ("+x", "")


@given(st.text(max_size=60), st.sampled_from(["", "+", "+-", "-"]), st.booleans())
def test_whatever_comes_the_whole_address_is_asked_first_and_its_domain_last(
    address: str, delimiters: str, local: bool
) -> None:
    keys = address_keys(address, delimiters, local=local)
    user, domain = split_address(address)
    assert keys[0].whole
    assert unquoted(quoted(user)) == user
    assert keys[-1].text == f"@{domain}" or not domain


@given(st.text(max_size=80))
def test_the_standard_form_of_anything_is_its_own_standard_form(text: str) -> None:
    rewriting = Rewriting(Settings(append_at_myorigin="yes", myorigin="a.example"))
    standard = rewriting.standard(rewriting.of_client(text))
    assert rewriting.standard(standard) == standard


def test_a_client_may_write_brackets_a_route_and_quotes() -> None:
    rewriting = Rewriting(Settings())
    assert rewriting.of_client("<@a,@b:anna@c.example>") == "anna@c.example"
    assert rewriting.of_client('"anna b"@c.example') == "anna b@c.example"
    assert rewriting.of_client(r'"a\"b"@c.example') == 'a"b@c.example'
    assert rewriting.of_client('"@a:b"@c.example') == "@a:b@c.example"


def test_a_list_is_told_apart_as_postfix_does() -> None:
    rewriting = Rewriting(Settings(append_at_myorigin="yes", myorigin="o.example"))
    assert rewriting.each('a@x.example, "b, c"@x.example d') == ["a@x.example", "b, c@x.example", "d@o.example"]
    assert rewriting.each("a @x.example b") == ["a@x.example", "b@o.example"]


def test_what_cannot_be_a_key_is_never_asked() -> None:
    tools = RecordedTools()
    lookups = Lookups(Settings(), tools)
    for key in ("", "a\nb", "a\0b", "a\tb", "x" * (MOST + 1)):
        assert lookups.ask("hash:/etc/postfix/virtual", key) is None
    assert not tools.calls, "no program has been run for these"


def test_a_key_that_looks_like_an_option_goes_by_standard_input() -> None:
    tools = RecordedTools({"postmap -q - hash:/t": "-anna@a.example\tben@a.example\n"})
    assert Lookups(Settings(), tools).ask("hash:/t", "-anna@a.example") == "ben@a.example"
    assert tools.inputs == [b"-anna@a.example\n"]
