"""What this machine is to those it sends to: its name, the addresses it sends from, the domains that are its own.

From postconf(5): ``myhostname``, ``smtp_helo_name``, ``smtp_bind_address``, ``inet_interfaces``, ``proxy_interfaces``,
``inet_protocols``, ``relayhost``.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mailtui.host.errors import MailtuiError
from mailtui.host.network import addresses_of
from mailtui.services.dns.names import is_host, is_public, version_of
from mailtui.services.postfix.addresses.lists import Lists
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.tables import words

LISTS = ("mydestination", "virtual_alias_domains", "virtual_mailbox_domains")
"""Where the domains stand whose mail ends here, and so begins here."""
_UNPUBLISHED = (
    "test",
    "example",
    "invalid",
    "localhost",
    "local",
    "localdomain",
    "lan",
    "internal",
    "home.arpa",
    "onion",
)
_TARGETS = {4: ("198.41.0.4", socket.AF_INET), 6: ("2001:503:ba3e::2:30", socket.AF_INET6)}
"""A root name server: any address of the Internet would do, nothing is sent to it."""
_BIND = {4: "smtp_bind_address", 6: "smtp_bind_address6"}


@dataclass(frozen=True, slots=True)
class Sender:
    """The machine as others meet it."""

    hostname: str
    """``myhostname``."""
    helo: str
    """The name it greets others with."""
    addresses: tuple[str, ...]
    """The public addresses it sends from, as far as they can be told from inside; IPv4 first."""
    protocols: frozenset[int] = frozenset({4, 6})
    """The IP versions Postfix speaks."""
    domains: tuple[str, ...] = ()
    """Its own domains that the world can see, that of its users (``mydomain``) before the others."""
    relayhost: str = ""
    """Where its mail goes first, if it does not deliver by itself: then the addresses of that host count."""
    unread: tuple[str, ...] = ()
    """Lists whose domains cannot be read off, such as SQL tables."""

    def with_addresses(self, addresses: Sequence[str]) -> Sender:
        """The same, sending from other addresses: behind NAT only the outside sees which."""
        return replace(self, addresses=tuple(addresses), relayhost="") if addresses else self


def read_sender(
    postfix: PostfixConfig, lookups: Lookups, *, source: Callable[[int], str] = lambda v: source_of(v)
) -> Sender:
    """What the configuration says. Raises what reading it raises; ``source`` tells the kernel's choice of address."""
    client = next((one for one in postfix.services if (one.name, one.type) == ("smtp", "unix")), None)
    smtp = postfix.of_service(client)
    hostname, relayhost = postfix.get("myhostname"), postfix.get("relayhost")
    protocols = _protocols(postfix.get("inet_protocols"))
    domains, unread = _domains(postfix, lookups)
    return Sender(
        hostname,
        smtp.get("smtp_helo_name") or hostname,
        () if relayhost else tuple(_addresses(smtp, protocols, source)),
        protocols,
        domains,
        relayhost,
        unread,
    )


def source_of(version: int) -> str:
    """The address the kernel would send from into the Internet; ``""`` where there is no way."""
    target, family = _TARGETS[version]
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 53))
            return str(probe.getsockname()[0]).partition("%")[0]
    except OSError:
        return ""


def is_published(domain: str) -> bool:
    """Whether the world's DNS can have it: a full name below no suffix that is set apart (RFC 6761, RFC 8375)."""
    name = domain.lower().rstrip(".")
    return is_host(name) and not any(name == one or name.endswith(f".{one}") for one in _UNPUBLISHED)


def _protocols(value: str) -> frozenset[int]:
    named = set(words(value))
    every = "all" in named or not named
    return frozenset(v for v in (4, 6) if every or f"ipv{v}" in named)


def _addresses(smtp: PostfixConfig, protocols: frozenset[int], source: Callable[[int], str]) -> Iterator[str]:
    """Of each IP version: bound, else the only interface, else the kernel's choice; what NAT puts in its place."""
    listening = _named(smtp.get("inet_interfaces"))
    outside = [ip for ip in _named(smtp.get("proxy_interfaces")) if is_public(ip)]
    for version in sorted(protocols):
        own = [ip for ip in listening if version_of(ip) == version and not ipaddress.ip_address(ip).is_loopback]
        bound = smtp.get(_BIND[version]) or (own[0] if len(own) == 1 else "") or source(version)
        if version_of(bound) == version and is_public(bound):
            yield str(ipaddress.ip_address(bound))
        else:
            yield from (ip for ip in outside if version_of(ip) == version)


def _named(value: str) -> list[str]:
    """The addresses of a list of interfaces; ``all`` and ``loopback-only`` name none."""
    names = [word.strip("[]") for word in words(value) if word not in ("all", "loopback-only")]
    return [ip for name in names for ip in ([name] if version_of(name) else sorted(addresses_of(name)))]


def _domains(postfix: PostfixConfig, lookups: Lookups) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names in the lists, and the lists that are tables."""
    main = postfix.get("mydomain").lower()
    found: dict[str, None] = {}
    unread: list[str] = []
    lists = Lists(postfix, lookups)
    for parameter in LISTS:
        try:
            for pattern in lists.patterns(parameter):
                if pattern.is_table:
                    unread.append(f"{parameter} = {pattern.text}")
                elif is_published(pattern.text) and not pattern.negated:
                    found[pattern.text] = None
        except MailtuiError as error:
            unread.append(f"{parameter}: {error.message}")
    return tuple(sorted(_mail_domains(found, postfix), key=lambda domain: domain != main)), tuple(unread)


def _mail_domains(names: Iterable[str], postfix: PostfixConfig) -> Iterator[str]:
    """Without the machine's own names, which ``mydestination`` has besides, unless users write from there."""
    origins = {postfix.get(name).lower() for name in ("mydomain", "myorigin")}
    hostname = postfix.get("myhostname").lower()
    yield from (one for one in names if one in origins or not (one == hostname or one.startswith("localhost.")))
