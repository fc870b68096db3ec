"""Whose domain it is: the address classes of ADDRESS_CLASS_README, in the order trivial-rewrite(8) asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from typing import Literal

from mailtui.host.network import addresses_of, interface_addresses
from mailtui.services.postfix.addresses.lists import Lists
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.ports import PostfixSettings

ClassName = Literal["local", "virtual alias", "virtual mailbox", "relay", "default"]


@dataclass(frozen=True, slots=True)
class AddressClass:
    """The class of a domain, and what says so."""

    name: ClassName
    parameter: str = ""
    """The list that names the domain; ``""`` for the default class, which is every domain in no list."""
    pattern: str = ""
    """The element of that list which matched: a name, a table, or a name in a file."""

    def __str__(self) -> str:
        return self.name


DEFAULT = AddressClass("default")


class AddressClasses:
    """The classes of one Postfix's domains. A list that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups) -> None:
        self._postfix = postfix
        self.lists = Lists(postfix, lookups)
        """The lists the classes are made of."""

    def of(self, domain: str) -> AddressClass:
        """The class that Postfix takes a domain for: the first whose list has it."""
        return next(self.every(domain), DEFAULT)

    def every(self, domain: str) -> Iterator[AddressClass]:
        """Each class whose list has this domain; more than one is a mistake that Postfix warns of."""
        if is_local := self.local(domain):
            yield is_local
        if found := self.lists.match("virtual_alias_domains", domain):
            yield AddressClass("virtual alias", "virtual_alias_domains", str(found))
        if found := self.lists.match("virtual_mailbox_domains", domain):
            yield AddressClass("virtual mailbox", "virtual_mailbox_domains", str(found))
        if found := self.lists.match("relay_domains", domain, parents=self._relay_parents):
            yield AddressClass("relay", "relay_domains", str(found))

    def local(self, domain: str) -> AddressClass | None:
        """Whether a domain is local: in ``mydestination``, or an address of ours in brackets."""
        name = domain.removesuffix(".") if not domain.endswith("..") else domain
        if found := self.lists.match("mydestination", name):
            return AddressClass("local", "mydestination", str(found))
        if name.startswith("[") and name.endswith("]"):
            address = name[1:-1].lower().removeprefix("ipv6:")
            for parameter in ("inet_interfaces", "proxy_interfaces"):
                if address in self._own_addresses(parameter):
                    return AddressClass("local", parameter, name)
        return None

    def local_part_is_tried(self, domain: str) -> bool:
        """Whether tables are asked for the local part alone, too: virtual(5), canonical(5)."""
        return domain.lower() == Rewriting(self._postfix).origin.lower() or self.local(domain) is not None

    @cached_property
    def _relay_parents(self) -> bool:
        return self.lists.parents_match("relay_domains")

    def _own_addresses(self, parameter: str) -> frozenset[str]:
        wanted = {"ipv4": 4, "ipv6": 6}.get(self._postfix.get("inet_protocols").lower())
        found = self._named_addresses(parameter)
        return frozenset(one for one in found if wanted in (None, ip_address(one).version))

    def _named_addresses(self, parameter: str) -> frozenset[str]:
        names = [pattern.text.strip("[]") for pattern in self.lists.patterns(parameter)]
        if names == ["all"]:
            return interface_addresses()
        if names == ["loopback-only"]:
            return frozenset(one for one in interface_addresses() if ip_address(one).is_loopback)
        return frozenset().union(*(addresses_of(name) for name in names))
