"""Names and addresses as the DNS writes them. RFC 1035, 2.3.4; RFC 3596, 2.5; RFC 5890 for names in other scripts."""

from __future__ import annotations

import ipaddress
import re

from mailtui.host.errors import UsageError

_LABEL = re.compile(r"[^.]{1,63}\Z")
_HOST_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z", re.IGNORECASE)
_LONGEST = 253


def is_domain(text: str, *, single: bool = False) -> bool:
    """Whether it can be asked for: labels of at most 63 characters; of one label only with ``single``."""
    labels = text.removesuffix(".").split(".")
    enough = single or len(labels) > 1
    return enough and len(text) <= _LONGEST + 1 and all(_LABEL.match(label) for label in labels)


def is_host(text: str) -> bool:
    """Whether it is a host name of letters, digits and hyphens (RFC 1123, 2.1), and no address."""
    labels = text.removesuffix(".").split(".")
    return is_domain(text) and all(_HOST_LABEL.match(label) for label in labels) and not labels[-1].isdigit()


def domain_of(text: str) -> str:
    """A domain as an operator types it, in the DNS's letters. Raises UsageError."""
    name = text.strip().rstrip(".").rpartition("@")[2]
    try:
        if not name.isascii():
            name = name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UsageError(f"{text!r} is no domain: {error}") from error
    if not is_host(name):
        raise UsageError(f"{text!r} is no domain", unlock="write one such as example.org")
    return name.lower()


def version_of(text: str) -> int:
    """4 or 6 for an IP address, 0 for anything else."""
    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0


def reverse_name(ip: ipaddress.IPv4Address | ipaddress.IPv6Address | str) -> str:
    """Where the names of an address stand: ``1.2.0.192.in-addr.arpa``."""
    return ipaddress.ip_address(ip).reverse_pointer


def is_public(ip: str) -> bool:
    """Whether an address can be seen from the Internet: no group of hosts, no IPv4 address in IPv6 clothes either."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address.ipv4_mapped):
        return False
    return address.is_global and not address.is_multicast
