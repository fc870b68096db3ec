"""By which transport to which next hop mail for an address goes: trivial-rewrite(8), transport(5), relocated(5).

In Postfix's order: whose domain it is, that class's transport, the relayhost, transport_maps, relocated_maps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from mailtui.services.postfix.addresses.classes import AddressClass, AddressClasses
from mailtui.services.postfix.addresses.keys import Key, address_keys, split_address, transport_keys
from mailtui.services.postfix.addresses.lookups import Hit, Lookups
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.ports import PostfixSettings

_TRANSPORT = {
    "local": "local_transport",
    "virtual mailbox": "virtual_transport",
    "relay": "relay_transport",
    "default": "default_transport",
}
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_LITERAL = re.compile(r"\[(?:ipv6:[0-9a-f:.]+|[0-9.]+)\]", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")
_MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Route:
    """Where trivial-rewrite(8) sends an address."""

    address: str
    """With all parts that lead through this machine taken off."""
    address_class: AddressClass
    transport: str
    """Name of a service of master.cf; ``error`` and ``retry`` deliver nothing."""
    nexthop: str
    """Host, domain or socket; the reason where the transport is ``error`` or ``retry``."""
    by: str
    """The parameter that decided the transport."""
    valid: bool = True
    """Whether the address is one at all."""

    @property
    def refusal(self) -> tuple[str, str] | None:
        """Status and text with which nothing is delivered; None where something may be."""
        if self.transport not in ("error", "retry"):
            return None
        usual = "5.1.1" if self.transport == "error" else "4.1.1"
        status = _STATUS.match(self.nexthop)
        return (status[0], self.nexthop[len(status[0]) :].strip()) if status else (usual, self.nexthop)

    @property
    def says_status(self) -> bool:
        """Whether the reason begins with a status code of its own."""
        return _STATUS.match(self.nexthop) is not None


class Router:
    """The routes of one Postfix. A table that cannot be asked raises TableError."""

    def __init__(self, postfix: PostfixSettings, lookups: Lookups, classes: AddressClasses) -> None:
        self._postfix = postfix
        self._lookups = lookups
        self._classes = classes
        self._rewriting = Rewriting(postfix)

    def route(self, address: str, sender: str = "") -> Route:
        """The route of an address in standard form; ``sender`` decides where a table is by sender."""
        if address.endswith("@") and not self._rewriting.is_set("resolve_null_domain"):
            return Route(address, AddressClass("default"), "", "", "", valid=False)
        address, is_local = self._without_own_domains(address)
        domain = split_address(address)[1]
        if not is_domain(domain):
            if not (self._rewriting.is_set("resolve_numeric_domain") and re.fullmatch(r"[0-9.]+", domain)):
                return Route(address, AddressClass("default"), "", "", "", valid=False)
            address = f"{address.rpartition('@')[0]}@[{domain}]"
            domain = f"[{domain}]"
            is_local = self._classes.local(domain)
        found = is_local or self._classes.of(domain)
        route = self._moved(self._mapped(self._of_class(address, found, sender)))
        refused = address.startswith("-") and not self._rewriting.is_set("allow_min_user")
        return replace(route, valid=not refused)

    def keys(self, address: str, asking: PostfixSettings | None = None) -> tuple[Key, ...]:
        """The keys by which most tables are asked for an address; ``asking``: the service that asks, if another."""
        local = self._classes.local_part_is_tried(split_address(address)[1])
        return address_keys(address, (asking or self._postfix).get("recipient_delimiter"), local=local)

    def _without_own_domains(self, address: str) -> tuple[str, AddressClass | None]:
        """Take own domains off a local part that names another one; the class of what is left, if local."""
        saved = ""
        for _ in range(_MOST_ROUNDS):
            user, domain = split_address(address)
            if domain:
                local = self._classes.local(domain)
                if local is None:
                    return address, None
                saved = domain
            if self._rewriting.routed_within(user):
                address = self._rewriting.standard(user)
            elif not user:
                address = self._postfix.get("empty_address_recipient")
            elif saved:
                return f"{user}@{saved}", self._classes.local(saved)
            else:
                address = f"{user}@{self._postfix.get('myhostname')}"
        return address, None

    def _of_class(self, address: str, found: AddressClass, sender: str) -> Route:
        domain = split_address(address)[1]
        if found.name == "virtual alias":
            where = " in virtual alias table" if self._rewriting.is_set("show_user_unknown_table_name") else ""
            return Route(address, found, "error", f"5.1.1 User unknown{where}", found.parameter)
        parameter = _TRANSPORT[found.name]
        value, nexthop = self._postfix.get(parameter), domain
        if found.name == "default" and (hit := self._by_sender("sender_dependent_default_transport_maps", sender)):
            parameter, value = hit.parameter, hit.value
        if found.name in ("default", "relay"):
            by_sender = self._by_sender("sender_dependent_relayhost_maps", sender)
            nexthop = by_sender.value if by_sender else self._postfix.get("relayhost") or domain
        transport, _, destination = value.partition(":")
        return Route(address, found, transport, destination or nexthop, parameter)

    def _by_sender(self, parameter: str, sender: str) -> Hit | None:
        if not self._lookups.tables(parameter):
            return None
        empty = self._postfix.get(parameter.replace("sender_dependent", "empty_address") + "_lookup_key")
        hit = self._lookups.find(parameter, self.keys(sender or empty))
        return None if hit is None or hit.value.upper() == "DUNNO" else hit

    def _mapped(self, route: Route) -> Route:
        if route.address_class.name == "virtual alias" or not self._lookups.tables("transport_maps"):
            return route
        delimiters = self._postfix.get("recipient_delimiter")
        keys = transport_keys(route.address, delimiters, parents=self._transport_parents)
        hit = self._lookups.find("transport_maps", keys)
        if hit is None:
            return route
        transport, _, nexthop = hit.value.partition(":")
        if not transport:
            return replace(route, nexthop=nexthop or route.nexthop, by="transport_maps")
        usual = "Address is undeliverable" if transport in ("error", "retry") else split_address(route.address)[1]
        return replace(route, transport=transport, nexthop=nexthop or usual, by="transport_maps")

    def _moved(self, route: Route) -> Route:
        if not self._lookups.tables("relocated_maps"):
            return route
        hit = self._lookups.find("relocated_maps", self.keys(route.address))
        if hit is None:
            return route
        text = f"5.1.6 User has moved to {hit.value}"
        if self._postfix.get("relocated_prefix_enable") == "no":
            text = hit.value if re.match(rf"{_STATUS.pattern}\s+\S", hit.value) else "5.2.0 Mailbox is unavailable"
        return replace(route, transport="error", nexthop=text, by="relocated_maps")

    @cached_property
    def _transport_parents(self) -> bool:
        return self._classes.lists.parents_match("transport_maps")


def is_domain(domain: str) -> bool:
    """Whether Postfix takes a text for a domain: a host name (``valid_hostname(3)``) or an address in brackets."""
    if domain.startswith("["):
        return bool(_LITERAL.fullmatch(domain))
    if not domain or len(domain) > 255 or re.fullmatch(r"[0-9.]+", domain):
        return False
    return all(_LABEL.fullmatch(label) for label in domain.split("."))
