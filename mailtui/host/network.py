"""Addresses of this machine."""

from __future__ import annotations

import socket
from ipaddress import ip_address

_BRIDGES = ("docker", "br-", "podman", "cni-podman")


def interface_addresses() -> frozenset[str]:
    """The IP addresses of this machine's interfaces, IPv6 ones without their zone."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    cards = psutil.net_if_addrs().values()
    return frozenset(
        str(ip_address(one.address.partition("%")[0])) for card in cards for one in card if one.family in families
    )


def bridges() -> tuple[tuple[str, str], ...]:
    """The bridges that Docker and Podman make for containers, each with its IPv4 address here."""
    import psutil

    return tuple(
        (name, one.address)
        for name, card in sorted(psutil.net_if_addrs().items())
        if name.startswith(_BRIDGES)
        for one in card
        if one.family == socket.AF_INET
    )


def addresses_of(host: str) -> frozenset[str]:
    """The IP addresses of a host by this machine's own resolver; none where it has no such name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(entry[4][0]).partition("%")[0] for entry in found)
