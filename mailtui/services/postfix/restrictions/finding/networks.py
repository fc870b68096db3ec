"""Whom ``mynetworks`` trusts: the whole Internet, strangers, or everybody behind the gateway of containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from mailtui.findings import Finding
from mailtui.host.network import bridges
from mailtui.services.postfix.addresses.lists import Lists, Pattern
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.restrictions.finding.saying import say

_MANY = 4096
"""Public addresses that hardly anybody owns all of: a /20."""
_LOOPBACK = ("127.0.0.0/8", "[::1]/128")
_MANY6 = 47
"""The longest IPv6 prefix that is more than one site's (RFC 6177)."""


def network_findings(subject: str, lists: Lists) -> Iterator[Finding]:
    """What is wrong with ``mynetworks`` as one service sees it."""
    try:
        patterns = list(lists.patterns("mynetworks"))
    except TableError as error:
        yield say("network-broken", subject, (error.message,))
        return
    for pattern in patterns:
        plain = pattern.text.replace("[", "").replace("]", "")
        if not pattern.negated and (plain[:1].isdigit() or plain.startswith(":")):
            try:
                yield from _network(subject, ip_network(plain), f"mynetworks: {pattern}", _without(subject, patterns))
            except ValueError as error:
                yield say("network-broken", subject, (f"mynetworks: {pattern}", str(error)))


def _without(subject: str, patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The command that takes the whole Internet out of the list, where all of it stands in main.cf."""
    if subject != "mynetworks" or any(pattern.file for pattern in patterns):
        return ()
    left = [str(pattern) for pattern in patterns if not pattern.text.endswith(("/0", "]/0"))]
    return ("mailtui", "config", "set", "postfix", f"mynetworks={', '.join(left or _LOOPBACK)}")


def _network(subject: str, network: IPv4Network | IPv6Network, seen: str, fix: tuple[str, ...]) -> Iterator[Finding]:
    if network.prefixlen == 0:
        yield say("network-all", subject, (seen,), fix)
        return
    wide = network.num_addresses >= _MANY if network.version == 4 else network.prefixlen <= _MANY6
    if wide and network.is_global:
        yield say("network-wide", subject, (seen,), count=_count(network))
    for name, address in bridges():
        if network.prefixlen < network.max_prefixlen and ip_address(address) in network:
            yield say("network-bridge", subject, (seen, f"{name} has {address}"), network=network)


def _count(network: IPv4Network | IPv6Network) -> str:
    return str(network.num_addresses) if network.version == 4 else f"2^{network.max_prefixlen - network.prefixlen}"
