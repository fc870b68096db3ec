"""From a next hop to the servers Postfix's smtp(8) would try, in its order. RFC 5321, 5.1; RFC 7505."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass

from mailtui.host.network import addresses_of
from mailtui.services.dns.hosts.mx import exchangers
from mailtui.services.dns.resolver import Resolver
from mailtui.services.probes.model import Endpoint

_NEXTHOP = re.compile(r"(?P<host>\[[^\]]+\]|[^\s\[\]:]+)(?::(?P<port>\w+))?")
_SMTP = 25
MOST = 5
"""Servers tried of one next hop; ``smtp_mx_address_limit`` is 5."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The servers to try."""

    servers: tuple[Endpoint, ...] = ()
    """The preferred first, by address; the host's name is ``service``."""
    problem: str = ""
    """Why there is none, in a sentence."""
    final: bool = False
    """Whether that will not change by itself: there is no such domain, or it takes no mail."""


class Walker:
    """Finds the servers of next hops."""

    def __init__(self, resolver: Callable[[], Resolver], *, native: bool, protocols: str = "all") -> None:
        """``native``: the DNS is not to be asked (``smtp_dns_support_level = disabled``); ``inet_protocols``."""
        self._resolver = resolver
        self._native = native
        self._versions = [number for number in (4, 6) if protocols in ("all", "") or f"ipv{number}" in protocols]

    def of(self, nexthop: str) -> Walk:
        """The servers of ``[host]:port``, ``host:port``, ``domain``; never raises for what the DNS says."""
        found = _NEXTHOP.fullmatch(nexthop.strip())
        if not found:
            return Walk(problem=f"{nexthop} is no next hop", final=True)
        port = _port(found["port"] or "smtp")
        host = found["host"].strip("[]").lower().removeprefix("ipv6:")
        if found["host"].startswith("[") or self._native:
            return self._of_host(host, port)
        return self._of_domain(host, port)

    def knows(self, name: str) -> bool:
        """Whether a host name has an address, as far as that can be told: an answer that fails says nothing."""
        if self._native:
            return bool(addresses_of(name))
        found = self._resolver().ask_all([(name, "A"), (name, "AAAA")])
        return any(answer.records or answer.unknown for answer in found)

    def _of_host(self, host: str, port: int) -> Walk:
        servers = self._endpoints(host, sorted(addresses_of(host)), port)
        return Walk(servers) if servers else Walk(problem=f"{host} has no address")

    def _of_domain(self, domain: str, port: int) -> Walk:
        found = exchangers(self._resolver(), domain)
        if found.answer.unknown:
            return Walk(problem=found.answer.told())
        if found.answer.state == "nxdomain":
            return Walk(problem=found.answer.told(), final=True)
        if found.null and not found.hosts:
            return Walk(problem=f"{domain} takes no mail: null MX", final=True)
        servers = [end for one in found.hosts for end in self._endpoints(one.host, one.addresses, port)]
        if servers:
            return Walk(tuple(servers[:MOST]))
        unknown = any(answer.unknown for one in found.hosts for answer in (one.a, one.aaaa))
        return Walk(problem=f"no mail server of {domain} has an address", final=not unknown)

    def _endpoints(self, host: str, addresses: list[str] | tuple[str, ...], port: int) -> tuple[Endpoint, ...]:
        fitting = [one for one in addresses if (6 if ":" in one else 4) in self._versions]
        return tuple(Endpoint("smtp", address, port, service=host) for address in fitting[:MOST])


def _port(name: str) -> int:
    """By number or name; SMTP's for one that nobody knows."""
    try:
        return int(name) if name.isdigit() else socket.getservbyname(name, "tcp")
    except OSError:
        return _SMTP
