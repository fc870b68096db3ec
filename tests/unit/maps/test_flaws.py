"""What is wrong with single entries, each kind by what Postfix's manuals say of that table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtui.services.postfix.addresses.keys import address_keys, transport_keys
from mailtui.services.postfix.maps.files import format_of
from mailtui.services.postfix.maps.flaws import text_flaws
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.maps.uses import Surroundings, never_asked

AROUND = Surroundings(
    parents_match=frozenset({"smtpd_access_maps", "relay_domains"}),
    transports=frozenset({"smtp", "lmtp", "error"}),
    restrictions=frozenset({"strict"}),
)


def flaws(text: str, parameter: str, kind: str = "hash", check: str = "") -> list[tuple[int, str]]:
    """Line and kind of each flaw."""
    table = Table(f"{kind}:/etc/postfix/t", (Use(parameter, check=check),))
    source = Source.read(text.encode(), format_of(table))
    return [(flaw.entry.first + 1, flaw.kind) for flaw in text_flaws(table, source, AROUND)]


def test_virtual_aliases() -> None:
    text = """\
info@shop.example anna@shop.example
INFO@shop.example bob@shop.example
@shop.example     anna@shop.example
shop.example      whatever
.shop.example     anna@shop.example
*@shop.example    anna@shop.example
anna@             anna@shop.example
run@shop.example  |/usr/bin/vacation
why@shop.example  anna@shop.example # on leave
lonely
"""
    wrong = [(2, "duplicate"), (5, "key"), (6, "key"), (7, "key"), (8, "value"), (9, "comment"), (10, "form")]
    assert flaws(text, "virtual_alias_maps") == wrong


def test_a_tls_policy_with_the_three_mistakes_of_the_guides() -> None:
    text = "* encrypt\nexample.com may # Allow both\n.example.org secure match=example.org\nx.example encrypted\n"
    assert flaws(text, "smtp_tls_policy_maps") == [(1, "key"), (2, "comment"), (2, "value"), (4, "value")]


def test_a_table_that_a_default_names_once_more_is_judged_all_the_same() -> None:
    both = tuple(map(Use, ("smtp_tls_policy_maps", "tlsproxy_client_policy_maps")))
    table = Table("texthash:/etc/postfix/tls_policy", both)
    source = Source.read(b"* encrypt\nx.example encrypted\n", format_of(table))
    assert [flaw.kind for flaw in text_flaws(table, source, AROUND)] == ["key", "value"]


def test_access_tables_by_what_they_are_asked_for() -> None:
    text = """\
192.0.2.0/24   REJECT
192.0.2.       REJECT
192.0.2        OK
.spam.example  REJECT
spam.example   REJECTED
a@b.example    OK
c.example      strict
d.example      FILTER
e.example      554 5.7.1 no
"""
    restrictions = "smtpd_recipient_restrictions"
    client = flaws(text, restrictions, check="check_client_access")
    assert client == [(1, "key"), (2, "key"), (4, "key"), (5, "value"), (6, "key"), (8, "value")]
    sender = flaws(text, restrictions, check="check_sender_access")
    assert (6, "key") not in sender
    assert (4, "key") in sender


def test_a_table_of_two_uses_may_hold_what_either_asks_for() -> None:
    uses = (Use("virtual_alias_maps"), Use("transport_maps"))
    table = Table("hash:/t", uses)
    source = Source.read(b"@a.example x\n.a.example x\n*@a.example x\n")
    assert [flaw.entry.first for flaw in text_flaws(table, source, AROUND)] == [2]


def test_transports_are_those_of_master_cf() -> None:
    text = "a.example smtp:[mx.a.example]\nb.example :\n.c.example slow:\n@d.example lmtp:x\n* error:no\n"
    assert flaws(text, "transport_maps") == [(3, "value"), (4, "key")]


def test_aliases_have_a_form_of_their_own() -> None:
    text = 'root: anna\n/bad\nanna@shop.example: bob\nRoot: bob\nlist: :include:/etc/list\nx: "|/usr/bin/vacation"\n'
    wrong = [(2, "form"), (3, "key"), (4, "duplicate"), (5, "runs"), (6, "runs")]
    assert flaws(text, "alias_maps") == wrong


def test_networks_within_one_above_are_never_reached() -> None:
    text = """\
10.0.0.0/8    OK
10.1.2.0/24   REJECT
if 10.1.0.0/16
10.1.9.9      REJECT
192.0.2.1     OK
endif
192.0.2.1     REJECT
::/0          OK
2001:db8::/32 REJECT
nonsense
"""
    assert flaws(text, "smtpd_client_restrictions", "cidr", "check_client_access") == [
        (2, "hidden"),
        (4, "hidden"),
        (9, "hidden"),
        (10, "form"),
    ]


def test_patterns_below_one_that_takes_everything_are_never_reached() -> None:
    text = """\
/^Subject: sale/  REJECT
if /^X-/
/./               IGNORE
/^X-Spam/         REJECT
endif
/^Subject: sale/  HOLD
/^Subject: Sale/i WARN
/.*/              WURN
/^X-Other/        REJECT
"""
    assert flaws(text, "header_checks", "regexp") == [
        (4, "hidden"),
        (6, "hidden"),
        (7, "case"),
        (8, "value"),
        (9, "hidden"),
    ]


USER = st.from_regex(r"[a-z]{1,8}(\+[a-z]{1,3})?", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,8}){1,3}", fullmatch=True)


@given(USER, DOMAIN, st.booleans())
def test_no_key_that_postfix_asks_for_is_called_never_asked(user: str, domain: str, parents: bool) -> None:
    around = Surroundings(parents_match=frozenset({"transport_maps"} if parents else ()))
    for key in address_keys(f"{user}@{domain}", "+", local=True):
        assert not never_asked(key.text, frozenset({"address"}), around)
    for key in transport_keys(f"{user}@{domain}", "+", parents=parents):
        assert not never_asked(key.text, frozenset({"transport"}), around)


@pytest.mark.parametrize("kind", ["hash", "texthash", "regexp", "pcre", "cidr"])
@given(data=st.binary(max_size=300))
def test_no_text_breaks_it(kind: str, data: bytes) -> None:
    for parameter, check in (("virtual_alias_maps", ""), ("x", "check_client_access"), ("transport_maps", "")):
        table = Table(f"{kind}:/t", (Use(parameter, check=check),))
        text_flaws(table, Source.read(data, format_of(table)), AROUND)
