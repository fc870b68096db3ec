"""Addresses of this machine."""

from __future__ import annotations

import socket
from ipaddress import ip_address


def interface_addresses() -> frozenset[str]:
    """The IP addresses of this machine's interfaces, IPv6 ones without their zone."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    cards = psutil.net_if_addrs().values()
    return frozenset(
        str(ip_address(one.address.partition("%")[0])) for card in cards for one in card if one.family in families
    )


def addresses_of(host: str) -> frozenset[str]:
    """The IP addresses of a host by this machine's own resolver; none where it has no such name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(entry[4][0]).partition("%")[0] for entry in found)
