"""Hundreds of published records, each with what is to be told of it: ``cases/*.toml``, one file for each type of record.

What is told is what the RFC named in the file says of the record, not what was once seen to be told.
"""

from __future__ import annotations

import pytest

from mailtui.services.dns.dmarc import check as dmarc
from mailtui.services.dns.hosts import mx, own
from mailtui.services.dns.names import reverse_name
from mailtui.services.dns.sender import Sender
from tests.support.dns_cases import DOMAIN, around, by_kind, cases, texts_at, zone_of
from tests.support.dns_server import dns_server


@pytest.mark.parametrize(("told", "texts"), cases("dmarc", "record"))
def test_what_is_told_of_a_dmarc_record(told: set[str], texts: list[str]) -> None:
    with dns_server(zone_of([*around("dmarc"), *texts_at("_dmarc", texts)])) as server:
        found = dmarc.check(server.resolver(), DOMAIN)
    assert set(by_kind(found, "dmarc")) == told


@pytest.mark.parametrize(("told", "lines"), cases("dmarc", "tree"))
def test_whose_dmarc_policy_holds(told: set[str], lines: list[str]) -> None:
    start, *records = lines
    with dns_server(zone_of(records)) as server:
        found = dmarc.check(server.resolver(), DOMAIN if start == "@" else f"{start}.{DOMAIN}")
    assert set(by_kind(found, "dmarc")) == told


US = Sender(f"mx.{DOMAIN}", f"mx.{DOMAIN}", ("198.51.99.10", "2a00:db8::10"))


def told_of_mx(lines: list[str]) -> set[str]:
    with dns_server(zone_of([*around("mx"), *lines])) as server:
        return set(by_kind(mx.check(server.resolver(), DOMAIN, US), "mx"))


@pytest.mark.parametrize(("told", "records"), cases("mx", "records"))
def test_what_is_told_of_mx_records(told: set[str], records: list[str]) -> None:
    assert told_of_mx([f"@ MX {record}" for record in records]) == told


@pytest.mark.parametrize(("told", "lines"), cases("mx", "hosts"))
def test_what_is_told_of_the_host_of_an_mx(told: set[str], lines: list[str]) -> None:
    assert told_of_mx([f"@ MX 10 h.{DOMAIN}.", *lines]) == told


@pytest.mark.parametrize(("told", "lines"), cases("mx", "domain"))
def test_what_is_told_of_a_domain_as_a_place_for_mail(told: set[str], lines: list[str]) -> None:
    assert told_of_mx(lines) == told


def told_of_names(helo: str, addresses: tuple[str, ...], lines: list[str]) -> set[str]:
    reverse = {"4": reverse_name(US.addresses[0]), "6": reverse_name(US.addresses[1])}
    named = [(line.partition(" ")[0], line) for line in (*around("names"), *lines)]
    records = [f"{reverse[name]}.{line[1:]}" if name in reverse else line for name, line in named]
    with dns_server(zone_of(records)) as server:
        found = own.check(server.resolver(), Sender(f"mx.{DOMAIN}", helo, addresses))
    return set(by_kind(found, "own"))


@pytest.mark.parametrize(("told", "lines"), cases("names", "ptr4"))
def test_what_is_told_of_the_name_of_an_ipv4_address(told: set[str], lines: list[str]) -> None:
    assert told_of_names(US.helo, US.addresses[:1], lines) == told


@pytest.mark.parametrize(("told", "lines"), cases("names", "ptr6"))
def test_what_is_told_of_the_name_of_an_ipv6_address(told: set[str], lines: list[str]) -> None:
    assert told_of_names(US.helo, US.addresses[1:], lines) == told


@pytest.mark.parametrize(("told", "name"), cases("names", "generic"))
def test_a_name_that_a_provider_gives_to_every_address_is_told(told: set[str], name: list[str]) -> None:
    lines = [f"4 PTR {name[0]}.", f"{name[0]}. A 198.51.99.10"]
    assert told_of_names(US.helo, US.addresses[:1], lines) == told


@pytest.mark.parametrize(("told", "lines"), cases("names", "helo"))
def test_what_is_told_of_the_name_it_greets_with(told: set[str], lines: list[str]) -> None:
    helo, *records = lines
    reverse = [f"4 PTR mx.{DOMAIN}.", f"6 PTR mx.{DOMAIN}."]
    assert told_of_names(helo, US.addresses, [*reverse, *records]) - {"ptr", "ptr-other"} == told
