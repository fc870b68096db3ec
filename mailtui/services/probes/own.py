"""Which hosts are this machine, and from where to come to them."""

from __future__ import annotations

import secrets
import socket
from ipaddress import IPv4Address, ip_address

from mailtui.host.network import addresses_of, interface_addresses

_BASE = int(IPv4Address("127.64.0.0"))


def is_own(host: str) -> bool:
    """Whether every address of a host is one of this machine's."""
    found = addresses_of(host)
    mine = interface_addresses()
    return bool(found) and all(one in mine or ip_address(one).is_loopback for one in found)


def lonely_source(host: str) -> str | None:
    """A loopback address nobody else comes from, for a host on IPv4's loopback; None elsewhere.

    So the log lines of a probe are surely its own, the server does not take it for a client that it trusts because it
    has the server's address, and no penalty for others' failed logins falls on it.
    """
    try:
        if not all(
            isinstance(one := ip_address(found), IPv4Address) and one.is_loopback for found in addresses_of(host)
        ):
            return None
        source = str(IPv4Address(_BASE + 1 + secrets.randbelow(2**20)))
        with socket.socket() as tried:
            tried.bind((source, 0))
    except OSError:
        return None
    return source
