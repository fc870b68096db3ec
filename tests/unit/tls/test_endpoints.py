"""Ports, and where a server is reached that listens on them."""

from __future__ import annotations

import pytest

from mailtui.services.tls.endpoints import enabled_protocols, port_of, reached_at


@pytest.mark.parametrize(
    ("interfaces", "protocols", "found"),
    [
        ("all", "all", ["127.0.0.1", "::1"]),
        ("loopback-only", "ipv4", ["127.0.0.1"]),
        ("all", "ipv6", ["::1"]),
        ("*, ::", "all", ["127.0.0.1", "::1"]),
        ("192.0.2.1, [2001:db8::1]", "all", ["192.0.2.1", "2001:db8::1"]),
        ("no.such.host.invalid", "all", []),
    ],
)
def test_reached_at(interfaces: str, protocols: str, found: list[str]) -> None:
    assert list(reached_at(interfaces, protocols)) == found


def test_ports_by_number_and_name() -> None:
    assert [port_of(name) for name in ("25", "smtp", "0", "65536", "nosuchport")] == [25, 25, None, None, None]


def test_protocols_of_both_generations_of_dovecot() -> None:
    assert enabled_protocols({"protocols": " imap sieve"}) == {"imap", "sieve"}
    assert enabled_protocols({"protocols { imap": "yes", "protocols { pop3": "no"}) == {"imap"}
