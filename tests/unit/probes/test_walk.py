"""The servers behind a next hop, in Postfix's order."""

from __future__ import annotations

from functools import partial

import pytest

from mailtui.services.dns.resolver import Resolver
from mailtui.services.probes.walk import MOST, Walker
from tests.support.dns_server import Zone, dns_server

_ZONE: Zone = {
    "shop.example": {"MX": ["20 b.mx.example.", "10 a.mx.example."]},
    "a.mx.example": {"A": ["192.0.2.1"], "AAAA": ["2001:db8::1"]},
    "b.mx.example": {"A": ["192.0.2.2"]},
    "implicit.example": {"A": ["192.0.2.9"]},
    "null.example": {"MX": ["0 ."]},
    "many.example": {"MX": [f"{n} b.mx.example." for n in range(9)]},
    "dead.example": {"MX": ["10 gone.mx.example."]},
    "broken.example": "SERVFAIL",
    "late.example": {"MX": ["10 slow.mx.example."]},
    "slow.mx.example": "SERVFAIL",
}


@pytest.mark.parametrize(
    ("nexthop", "servers"),
    [
        ("shop.example", ["192.0.2.1:25", "2001:db8::1:25", "192.0.2.2:25"]),
        ("shop.example:submission", ["192.0.2.1:587", "2001:db8::1:587", "192.0.2.2:587"]),
        ("implicit.example", ["192.0.2.9:25"]),
        ("[127.0.0.1]:2525", ["127.0.0.1:2525"]),
        ("[ipv6:::1]", ["::1:25"]),
        ("many.example", ["192.0.2.2:25"] * MOST),
    ],
)
def test_the_servers_of_a_nexthop_in_the_order_they_are_asked(nexthop: str, servers: list[str]) -> None:
    with dns_server(_ZONE) as server:
        walk = Walker(partial(Resolver, [server.address]), native=False).of(nexthop)
    assert [f"{one.host}:{one.port}" for one in walk.servers] == servers and not walk.problem


@pytest.mark.parametrize(
    ("nexthop", "word", "final"),
    [
        ("null.example", "null MX", True),
        ("nowhere.example", "NXDOMAIN", True),
        ("dead.example", "has an address", True),
        ("broken.example", "SERVFAIL", False),
        ("late.example", "has an address", False),
        ("a b", "no next hop", True),
    ],
)
def test_why_there_is_none(nexthop: str, word: str, final: bool) -> None:
    with dns_server(_ZONE) as server:
        walk = Walker(partial(Resolver, [server.address]), native=False).of(nexthop)
    assert not walk.servers and word in walk.problem and walk.final is final


def test_only_the_versions_postfix_speaks() -> None:
    with dns_server(_ZONE) as server:
        walk = Walker(partial(Resolver, [server.address]), native=False, protocols="ipv4").of("shop.example")
    assert [one.host for one in walk.servers] == ["192.0.2.1", "192.0.2.2"]
    assert Walker(Resolver, native=True, protocols="ipv4").of("localhost").servers[0].host == "127.0.0.1"
