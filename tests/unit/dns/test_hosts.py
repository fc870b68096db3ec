"""MX records and the machine's own names: what is wrong is named, and each silent name server for what it is."""

from __future__ import annotations

import pytest

from mailtui.findings import Finding
from mailtui.services.dns.hosts import mx, own
from mailtui.services.dns.sender import Sender
from tests.support.dns_server import Zone, dns_server

V4, V6 = "198.51.99.10", "2a00:db8::10"
US = Sender("mx.d.example", "mx.d.example", (V4, V6))
HERE: Zone = {"mx.d.example": {"A": [V4], "AAAA": [V6]}, "far.example": {"A": ["198.51.99.77"]}}
BACK: Zone = {
    "10.99.51.198.in-addr.arpa": {"PTR": ["mx.d.example."]},
    f"{'.'.join(reversed('2a000db8000000000000000000000010'))}.ip6.arpa": {"PTR": ["mx.d.example."]},
}


def kinds(zone: Zone, sender: Sender = US, *, reverse: bool = False) -> dict[str, Finding]:
    with dns_server({**HERE, **zone}) as server:
        resolver = server.resolver()
        found = own.check(resolver, sender) if reverse else mx.check(resolver, "d.example", sender)
    assert len({finding.id for finding in found}) == len(found)
    return {finding.id.split(":")[0].removeprefix("dns.").removeprefix("mx."): finding for finding in found}


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (["10 mx.d.example."], {"here"}),
        (["10 MX.D.EXAMPLE."], {"here"}),
        (["10 far.example.", "20 mx.d.example."], {"here"}),
        (["10 far.example."], {"elsewhere"}),
        (["0 ."], {"null"}),
        (["0 .", "10 mx.d.example."], {"null-mixed", "here"}),
        (["10 198.51.99.10."], {"address", "elsewhere"}),
        (["10 gone.example.", "20 mx.d.example."], {"unresolved", "here"}),
        (["10 empty.example.", "20 mx.d.example."], {"unresolved", "here"}),
        (["10 alias.example."], {"alias", "here"}),
        (["10 dangling.example.", "20 mx.d.example."], {"unresolved", "here"}),
        (["10 private.example."], {"private", "elsewhere"}),
        (["10 loop.example."], {"private", "elsewhere"}),
        (["10 mixed.example."], {"private", "here"}),
        (["10 under_score.example.", "20 mx.d.example."], {"no-host", "here"}),
        (["10 single.", "20 mx.d.example."], {"no-host", "here"}),
        (["10 broken.example.", "20 mx.d.example."], {"any.unknown-servfail", "here"}),
        (["10 silent.example.", "20 mx.d.example."], {"any.unknown-timeout", "here"}),
        (["10 half.example."], {"here"}),
        (["10 sixonly.example."], {"here"}),
        ([f"{n} h{n}.many.example." for n in range(12)], {"elsewhere"}),
    ],
)
def test_what_is_told_of_mx_records(records: list[str], told: set[str]) -> None:
    zone: Zone = {
        "d.example": {"MX": records},
        "empty.example": {"TXT": ['"x"']},
        "alias.example": {"CNAME": ["mx.d.example."]},
        "dangling.example": {"CNAME": ["gone.example."]},
        "private.example": {"A": ["10.1.2.3"]},
        "loop.example": {"A": ["127.0.0.1"], "AAAA": ["::1"]},
        "mixed.example": {"A": [V4, "192.168.1.1"]},
        "broken.example": "SERVFAIL",
        "silent.example": "TIMEOUT",
        "half.example": {"A": [V4], "AAAA": ["TIMEOUT"]},
        "sixonly.example": {"AAAA": [V6]},
        "single": {"A": [V4]},
        "under_score.example": {"A": [V4]},
        "*.many.example": {"A": ["198.51.99.78"]},
    }
    assert set(kinds(zone)) == told


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ("NXDOMAIN", {"no-domain"}),
        ("SERVFAIL", {"any.unknown-servfail"}),
        ("TIMEOUT", {"any.unknown-timeout"}),
        ("REFUSED", {"any.unknown-failed"}),
        ({"TXT": ['"x"']}, {"none"}),
        ({"A": [V4]}, {"implicit", "here"}),
        ({"AAAA": [V6]}, {"implicit", "here"}),
        ({"MX": ["SERVFAIL"], "A": [V4]}, {"any.unknown-servfail"}),
    ],
)
def test_a_domain_without_mx_records(records: dict[str, list[str]] | str, told: set[str]) -> None:
    assert set(kinds({"d.example": records})) == told


def test_an_ipv6_address_that_postfix_does_not_answer_on() -> None:
    only4 = Sender("mx.d.example", "mx.d.example", (V4,), frozenset({4}))
    assert set(kinds({"d.example": {"MX": ["10 mx.d.example."]}}, only4)) == {"no-ipv6", "here"}


def test_where_the_own_address_is_not_known_nothing_is_said_of_elsewhere() -> None:
    nat = Sender("mx.d.example", "mx.d.example", ())
    assert set(kinds({"d.example": {"MX": ["10 far.example."]}}, nat)) == set()


def test_names_and_addresses_in_order() -> None:
    found = kinds(BACK, reverse=True)
    assert set(found) == {"own.ptr"}
    assert found["own.ptr"].severity == "ok"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["mx.d.example."], {"own.ptr"}),
        (["MX.d.example."], {"own.ptr"}),
        ([], {"own.ptr-none"}),
        ("NXDOMAIN", {"own.ptr-none"}),
        ("SERVFAIL", {"own.any"}),
        (["gone.example."], {"own.ptr-unconfirmed"}),
        (["far.example."], {"own.ptr-unconfirmed"}),
        (["broken.example."], {"own.any"}),
        (["gone.example.", "mx.d.example."], {"own.ptr", "own.ptr-several"}),
        (["other.example."], {"own.ptr-other"}),
        (["dyn-198-51-99-10.isp.example."], {"own.ptr-other", "own.ptr-generic"}),
        (["10.99.51.198.pool.isp.example."], {"own.ptr-other", "own.ptr-generic"}),
        (["static.isp.example."], {"own.ptr-other", "own.ptr-generic"}),
    ],
)
def test_what_is_told_of_an_addresss_name(names: list[str] | str, told: set[str]) -> None:
    zone: Zone = {
        "10.99.51.198.in-addr.arpa": names if isinstance(names, str) else {"PTR": names},
        "other.example": {"A": [V4]},
        "*.isp.example": {"A": [V4]},
        "*.pool.isp.example": {"A": [V4]},
        "broken.example": "SERVFAIL",
    }
    found = {
        "own.any" if kind.startswith("any.") else kind for kind in kinds(zone, US.with_addresses([V4]), reverse=True)
    }
    assert found == told


@pytest.mark.parametrize(
    ("helo", "zone", "told"),
    [
        ("mx.d.example", {}, set()),
        ("localhost", {}, {"own.helo-short"}),
        ("mx", {}, {"own.helo-short"}),
        ("[198.51.99.10]", {}, {"own.helo-short"}),
        ("gone.example", {}, {"own.helo-unresolved"}),
        ("far.example", {}, {"own.helo-elsewhere"}),
        ("bad.example", {"bad.example": "SERVFAIL"}, {"any.unknown-servfail"}),
        ("slow.example", {"slow.example": "TIMEOUT"}, {"any.unknown-timeout"}),
    ],
)
def test_what_is_told_of_the_name_it_greets_with(helo: str, zone: Zone, told: set[str]) -> None:
    found = kinds({**BACK, **zone}, Sender("mx.d.example", helo, (V4,)), reverse=True)
    assert set(found) - {"own.ptr", "own.ptr-other"} == told


def test_without_an_address_only_the_name_is_looked_at() -> None:
    assert set(kinds({}, Sender("mx.d.example", "mx.d.example", ()), reverse=True)) == {"own.no-address"}


def test_a_relay_sends_in_its_stead() -> None:
    relayed = Sender("mx.d.example", "mx.d.example", (), relayhost="[smtp.isp.example]:587")
    assert set(kinds({}, relayed, reverse=True)) == {"own.relayed"}
    assert set(kinds(BACK, relayed.with_addresses([V4]), reverse=True)) == {"own.ptr"}


@pytest.mark.parametrize(
    ("name", "generic"),
    [
        ("mail.example.org", False),
        ("mx1.example.org", False),
        ("mx198.example.org", False),
        ("dynamo.example.org", False),
        ("poolside.example.org", False),
        ("clients.example.org", False),
        ("198-51-99-10.isp.example", True),
        ("ip198.51.99.10.isp.example", True),
        ("dsl-pool-12.isp.example", True),
        ("cable.isp.example", True),
        ("host.dhcp.isp.example", True),
    ],
)
def test_names_of_customer_networks(name: str, generic: bool) -> None:
    assert own.is_generic(name, V4) is generic
