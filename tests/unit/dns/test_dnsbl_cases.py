"""Hundreds of answers of block lists, and what is told of each; see ``test_cases`` and ``cases/dnsbl.toml``."""

from __future__ import annotations

import pytest

from mailtui.services.dns.dnsbl import check as own
from mailtui.services.dns.dnsbl import configured
from mailtui.services.dns.dnsbl.model import Zone, question, zones
from tests.support.dns_cases import DOMAIN, by_kind, cases, zone_of
from tests.support.dns_server import dns_server
from tests.unit.dns.test_dnsbl import postfix

V4, V6 = "198.51.99.10", "2a00:db8::10"
LIST = Zone("bl.example", "ip", ipv6=True)
NAMES = Zone("uri.example", "domain", refusals=("127.0.0.1",))


def written(zone: Zone, lines: list[str]) -> list[str]:
    """Lines with the names that ``on``, ``off``, ``us`` and ``us6`` stand for in this list."""
    subjects = {"on": "127.0.0.2", "off": "127.0.0.1", "us": V4, "us6": V6}
    if zone.about == "domain":
        subjects = {"on": zone.test, "off": "invalid", "us": DOMAIN}
    split = [line.partition(" ") for line in lines]
    return [
        f"{question(zone.name, subjects[name])}. {rest}" if name in subjects else f"{name} {rest}"
        for name, _, rest in split
    ]


def told_of(zone: Zone, lines: list[str], *addresses: str) -> set[str]:
    domain = DOMAIN if zone.about == "domain" else ""
    with dns_server(zone_of(written(zone, lines))) as server:
        return set(by_kind(own.check(server.resolver(), addresses, domain, (zone,)), "dnsbl"))


@pytest.mark.parametrize(("told", "lines"), cases("dnsbl", "address"))
def test_what_is_told_of_a_list_of_addresses(told: set[str], lines: list[str]) -> None:
    assert told_of(LIST, lines, V4, V6) == told


@pytest.mark.parametrize(("told", "lines"), cases("dnsbl", "domain"))
def test_what_is_told_of_a_list_of_domains(told: set[str], lines: list[str]) -> None:
    assert told_of(NAMES, lines) == told


@pytest.mark.parametrize(("told", "case"), cases("dnsbl", "known"))
def test_what_is_told_of_a_list_that_is_known(told: set[str], case: list[str]) -> None:
    name, *lines = case
    zone = next(one for one in zones() if one.name == name)
    assert told_of(zone, lines, *([V4] if zone.about == "ip" else [])) == told


@pytest.mark.parametrize(("told", "case"), cases("dnsbl", "asked"))
def test_what_is_told_of_a_list_that_postfix_asks(told: set[str], case: list[str]) -> None:
    restrictions, *lines = case
    asked = configured.configured(postfix({"smtpd_recipient_restrictions": restrictions}))
    with dns_server(zone_of(written(LIST, lines))) as server:
        assert set(by_kind(configured.check(server.resolver(), asked), "dnsbl")) == told
