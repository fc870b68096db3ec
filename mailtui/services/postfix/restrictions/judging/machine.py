"""One smtpd(8) service with everything its rules look at: parameters, tables, lists, address classes, the DNS."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from mailtui.host.network import interface_addresses
from mailtui.host.tools import Tools
from mailtui.services.postfix.addresses.classes import AddressClasses
from mailtui.services.postfix.addresses.keys import domain_keys
from mailtui.services.postfix.addresses.listed import Listing
from mailtui.services.postfix.addresses.lists import Lists, Pattern
from mailtui.services.postfix.addresses.lookups import Asked, Lookups, TableError
from mailtui.services.postfix.addresses.rewriting import Rewriting
from mailtui.services.postfix.addresses.routing import Route, Router
from mailtui.services.postfix.addresses.services import service_named
from mailtui.services.postfix.config import MasterService, PostfixConfig
from mailtui.services.postfix.maps.patience import Patience
from mailtui.services.postfix.restrictions.judging.zone import Zone
from mailtui.services.postfix.restrictions.order import order_of
from mailtui.services.postfix.restrictions.parse import Parser
from mailtui.services.postfix.tables import has_patterns

_NO_ANSWER = "no_unknown_recipient_checks"
_NUMERIC = re.compile(r"[0-9.]+(/\S*)?|\[?[0-9a-f:.]*:[0-9a-f:.]*\]?(/\S*)?")


class Machine:
    """A service of one Postfix, read once."""

    def __init__(
        self,
        tools: Tools,
        postfix: PostfixConfig,
        service: MasterService,
        zone: Zone,
        noted: Callable[[Asked], None] = lambda _asked: None,
        lookups: Lookups | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``lookups``: of another service of the same Postfix, so that no key is asked twice; nothing is noted then.

        ``patience``: of the look this belongs to, where that has lookups of its own.
        """
        self.order = order_of(postfix, service)
        self.own = postfix.of_service(service)
        rewrite = postfix.of_service(service_named(postfix, postfix.get("rewrite_service_name")))
        above = lookups.within(rewrite) if lookups else Lookups(rewrite, tools, noted, patience)
        self.lookups = above.within(self.own)
        self.lists = Lists(self.own, self.lookups)
        self.rewriting = Rewriting(rewrite)
        self.router = Router(rewrite, above, AddressClasses(rewrite, above))
        self.listing = Listing(self.own, self.lookups, self.router)
        self.parser = Parser(self.own)
        self.zone = zone
        self.parents = self.lists.parents_match("smtpd_access_maps")
        """Whether a domain in an access table stands for its subdomains, too."""
        self.checks_recipients = _NO_ANSWER not in self.own.get("receive_override_options")

    @property
    def tells_whole_texts(self) -> bool:
        """Whether smtpd(8) tells all strings of a TXT record: 3.7 tells the first, 3.10 all of them."""
        return tuple(int(part) for part in re.findall(r"\d+", self.own.version)[:2]) >= (3, 8)

    def get(self, parameter: str) -> str:
        """A parameter as this service has it."""
        return self.own.get(parameter)

    def is_set(self, parameter: str) -> bool:
        """Whether a parameter of yes and no says yes."""
        return self.own.get(parameter).lower() == "yes"

    @property
    def others(self) -> tuple[str, ...]:
        """Who else may refuse a message here, and is not asked: postscreen(8) before, filters behind."""
        before = ("postscreen",) if self.order.service.type == "pass" else ()
        filters = ("smtpd_milters", "smtpd_proxy_filter")
        return (*before, *(f"{name} {self.get(name)}" for name in filters if self.get(name)))

    def route(self, address: str, other: str) -> Route:
        """Where an address leads; ``other`` is the message's other end. Raises TableError."""
        return self.router.route(self.rewriting.standard(address), self.rewriting.standard(other))

    def in_list(self, parameter: str, name: Callable[[], str], address: str) -> Pattern | None:
        """The element of a list of networks and names that a client is in; its name is asked for where one matters.

        Raises TableError.
        """
        parents = self.lists.parents_match(parameter)

        def matches(pattern: Pattern) -> bool:
            if pattern.is_table:
                keys = domain_keys(name(), parents=parents)
                wanted = [key.text for key in (keys[:1] if has_patterns(pattern.text) else keys)]
                return any(self.lookups.ask(pattern.text, key, parameter) is not None for key in (*wanted, address))
            if _NUMERIC.fullmatch(pattern.text):
                return _is_address(pattern.text, address, parameter)
            return _is_name(pattern.text, name(), parents=parents)

        return self.lists.first(parameter, matches)

    def is_own(self, address: str) -> bool:
        """Whether a client is this machine itself."""
        return address in interface_addresses()


def _is_name(pattern: str, name: str, *, parents: bool) -> bool:
    name = name.lower()
    if name == pattern:
        return True
    return name.endswith(f".{pattern}") if parents else pattern.startswith(".") and name.endswith(pattern)


def _is_address(pattern: str, address: str, parameter: str) -> bool:
    """Whether a client's address is the one of a pattern, or within its network."""
    plain = pattern.replace("[", "").replace("]", "")
    if plain == address:
        return True
    if not ("/" in plain or ":" in plain) or (":" in plain) != (":" in address):
        return False
    try:
        return ip_address(address) in ip_network(plain)
    except ValueError as error:
        raise TableError(f"{parameter}: {error}") from error
