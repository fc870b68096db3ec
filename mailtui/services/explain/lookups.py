"""What the explanations ask Postfix's tables: keys in Postfix's order, whose a domain is, where aliases lead."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.host.tools import Tools
from mailtui.services.explain.ports import PostfixSettings
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.keys import Key, transport_keys
from mailtui.services.postfix.addresses.lookups import Hit
from mailtui.services.postfix.addresses.lookups import Lookups as Tables
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router

_HOPS = 10
"""Aliases followed one after another; Postfix itself follows more than anybody wants to read."""


class Lookups:
    """The tables of one Postfix. One that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, tools: Tools) -> None:
        self._postfix = postfix
        self._asked = Tables(postfix, tools)
        self._classes = AddressClasses(postfix, self._asked)
        self._router = Router(postfix, self._asked, self._classes)
        self._rewriting = Rewriting(postfix)

    def tables(self, parameter: str) -> tuple[str, ...]:
        """The tables of a parameter, in the order they are asked."""
        return self._asked.tables(parameter)

    def command(self, table: str, key: str) -> tuple[str, ...]:
        """What an operator types to ask the same."""
        return self._asked.command(table, key)

    def find(self, parameter: str, *names: str) -> Hit | None:
        """The first of these names that a table of ``parameter`` knows."""
        return self._asked.find(parameter, [Key(name, whole=True) for name in names])

    def find_address(self, parameter: str, address: str) -> Hit | None:
        """The entry for an address: virtual(5), "TABLE SEARCH ORDER"."""
        return self._asked.find(parameter, self._router.keys(address))

    def find_transport(self, address: str) -> Hit | None:
        """The entry of ``transport_maps`` for an address: transport(5), "TABLE SEARCH ORDER"."""
        parents = self._classes.lists.parents_match("transport_maps")
        keys = transport_keys(address, self._postfix.get("recipient_delimiter"), parents=parents)
        return self._asked.find("transport_maps", keys)

    def address_keys(self, address: str) -> tuple[str, ...]:
        """The keys by which an address is asked for."""
        return tuple(key.text for key in self._router.keys(address) if not key.bare)

    def aliases(self, address: str) -> Iterator[Hit]:
        """The virtual aliases ``address`` leads through, one after another, each once."""
        waiting, seen = [address], set[str]()
        while waiting and len(seen) < _HOPS:
            address = waiting.pop(0)
            if address.lower() in seen:
                continue
            seen.add(address.lower())
            hit = self.find_address("virtual_alias_maps", address)
            if hit is not None:
                yield hit
                waiting += self._rewriting.each(hit.value)

    def contains(self, parameter: str, domain: str) -> bool:
        """Whether a parameter that lists domains lists this one."""
        return self._classes.lists.match(parameter, domain) is not None
