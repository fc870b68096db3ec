"""A ticket names machines, not people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.evidence.redaction import Redactor


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("to=<anna.berg@shop.example>, relay=none", "to=<user-1@shop.example>, relay=none"),
        ("from=<>, to=<postmaster@shop.example>", "from=<>, to=<postmaster@shop.example>"),
        ("message-id=<anna@shop.example>", "message-id=<anna@shop.example>"),
        ("sasl_method=PLAIN, sasl_username=anna", "sasl_method=PLAIN, sasl_username=user-1"),
        ("imap(anna)<12><xyz>: Disconnected", "imap(user-1)<12><xyz>: Disconnected"),
        ("imap-login: Login: user=<anna>, method=PLAIN", "imap-login: Login: user=<user-1>, method=PLAIN"),
        ("warning: header Subject: my divorce from mx[192.0.2.1]; from=<a.b@c.example>",
         "warning: header Subject: (subject) from mx[192.0.2.1]; from=<user-1@c.example>"),
        ('to=<"anna berg"@shop.example>', "to=<user-1@shop.example>"),
        ("client=mx.example[192.0.2.7]", "client=mx.example[192.0.2.7]"),
    ],
)  # fmt: skip
def test_a_line_keeps_everything_but_the_name(line: str, told: str) -> None:
    assert Redactor().text(line) == told


def test_one_person_has_one_alias_and_two_have_two() -> None:
    told = Redactor().text("from=<anna@a.example>\nto=<bert@a.example>\nto=<ANNA@b.example>")
    assert told == "from=<user-1@a.example>\nto=<user-2@a.example>\nto=<user-1@b.example>"


def test_a_name_known_from_an_address_goes_from_paths_and_keys() -> None:
    text = "Maildir /srv/mail/shop.example/anna/Maildir of anna@shop.example; key anna: no entry; Anna, joanna, anna.db"
    told = Redactor().text(text)
    assert told == (
        "Maildir /srv/mail/shop.example/user-1/Maildir of user-1@shop.example; "
        "key user-1: no entry; user-1, joanna, anna.db"
    )


def test_names_given_before_are_found_where_nothing_shows_that_they_are_names() -> None:
    assert Redactor(["anna@shop.example"]).text("virtual_alias_maps hash:/x anna -> no entry") == (
        "virtual_alias_maps hash:/x user-1 -> no entry"
    )


def test_passwords_go_too() -> None:
    assert "hunter2" not in Redactor().text("auth: Debug: client passdb out: OK user=anna pass=hunter2")


_NAMES = st.from_regex(r"[a-z][a-z0-9]{3,12}", fullmatch=True).filter(lambda name: not name.startswith("user"))


@given(_NAMES, _NAMES)
def test_no_name_of_an_address_is_left(local: str, domain: str) -> None:
    told = Redactor().text(f"to=<{local}@{domain}.example>, orig_to=<{local}>, reason ({local}) /home/{local}/x")
    assert local not in told.replace(f"@{domain}.example", "")


@given(st.text())
def test_any_text_is_redacted_without_an_error_and_stays_so(text: str) -> None:
    once = Redactor().text(text)
    assert once.count("\n") == text.count("\n")
