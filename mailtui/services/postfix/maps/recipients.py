"""Whether there is a recipient: judged as smtpd(8) would (``addresses/listed.py``), for many addresses at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from mailtui.host.tools import Tools
from mailtui.host.users import account
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.keys import Key, split_address, split_extension, transport_keys
from mailtui.services.postfix.addresses.listed import Listing
from mailtui.services.postfix.addresses.lookups import Lookups, TableError
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Router
from mailtui.services.postfix.config import PostfixConfig

_TABLES = (
    "recipient_canonical_maps",
    "canonical_maps",
    "virtual_alias_maps",
    "virtual_mailbox_maps",
    "relay_recipient_maps",
    "local_recipient_maps",
    "relocated_maps",
)
_DOMAINS = ("virtual_alias_domains", "virtual_mailbox_domains", "relay_domains", "mydestination")
_PROBE = "mailtui.probe@probe.invalid"
_ELSEWHERE = (
    "mailbox_transport",
    "mailbox_transport_maps",
    "fallback_transport",
    "fallback_transport_maps",
    "luser_relay",
)
"""Where one of these is set, local(8) needs no user for a name."""


class Recipients:
    """The recipients of one Postfix, each asked for once. A table that cannot be asked raises TableError."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._postfix = postfix
        self._problem: TableError | None = None
        self._tried = False
        self.lookups = Lookups(postfix, tools)
        """What the tables were asked."""
        self.classes = AddressClasses(postfix, self.lookups)
        """Whose a domain is."""
        self.router = Router(postfix, self.lookups, self.classes)
        """By which keys an address is asked for."""
        self._listing = Listing(postfix, self.lookups, self.router)
        self.rewriting = Rewriting(postfix)
        """The standard form of addresses."""

    def require(self) -> None:
        """Raises TableError where one of the tables cannot be asked: one that is broken costs a second each time."""
        if not self._tried:
            self._tried = True
            try:
                for parameter in (*_DOMAINS, "transport_maps", *_TABLES):
                    self.lookups.find(parameter, (Key(_PROBE, whole=True),))
            except TableError as error:
                self._problem = error
        if self._problem:
            raise self._problem

    def written(self, parameter: str) -> str:
        """A parameter as it stands in main.cf."""
        return self._postfix.written(parameter)

    def against(self, address: str) -> str:
        """With what mail to an address would be refused for good; ``""`` where it would not."""
        reply = self._listing.of(address).reply
        return reply if reply.startswith("5") else ""

    def learn(self, addresses: Sequence[str]) -> None:
        """Ask each table for everything at once."""
        standard = [self.rewriting.standard(address).lower() for address in dict.fromkeys(addresses)]
        domains = dict.fromkeys(split_address(address)[1] for address in standard)
        for parameter in _DOMAINS:
            self.lookups.learn(parameter, [Key(domain, whole=True) for domain in domains])
        delimiters = self._postfix.get("recipient_delimiter")
        parents = self.classes.lists.parents_match("transport_maps")
        routes = [key for address in standard for key in transport_keys(address, delimiters, parents=parents)]
        self.lookups.learn("transport_maps", routes)
        keys = [key for address in standard for key in self.router.keys(address)]
        for parameter in _TABLES:
            self.lookups.learn(parameter, keys)

    def local_part(self, address: str) -> str:
        """The name that local(8) looks for; ``""`` where the address is not one of this machine."""
        user, domain = split_address(self.rewriting.standard(address))
        return user if domain and self.classes.local(domain) else ""

    def without_extension(self, name: str) -> str:
        """A local part as it is looked up when it is not known with its extension."""
        return split_extension(name, self._postfix.get("recipient_delimiter"))[0].lower()

    def is_user(self, name: str) -> bool:
        """Whether local(8) finds an alias, a user, or needs none."""
        return self.delivers_elsewhere or account(name) is not None or self.is_alias(name)

    def is_alias(self, name: str) -> bool:
        """Whether ``alias_maps`` has this name."""
        return self.lookups.find("alias_maps", (Key(name, whole=True),)) is not None

    @cached_property
    def delivers_elsewhere(self) -> bool:
        """Whether no user of this machine need exist for a local address."""
        elsewhere = self._postfix.get("local_transport").partition(":")[0] != "local"
        return elsewhere or any(self._postfix.get(parameter) for parameter in _ELSEWHERE)
