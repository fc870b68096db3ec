"""What the audit looks at: settings as each port's service sees them, apart from where they were read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

from mailtui.services.tls.listeners import Role

Version = tuple[int, ...]
SET = ("mailtui", "config", "set", "postfix")
"""The command that sets parameters of Postfix; what follows is ``name=value``."""


@dataclass(frozen=True, slots=True)
class Door:
    """One service that speaks SMTP with clients."""

    service: str
    """``submission/inet``."""
    port: int
    role: Role
    values: Mapping[str, str]
    """Every parameter as this service sees it."""
    own: frozenset[str] = frozenset()
    """Those that its entry in master.cf sets."""
    local: bool = False
    """Whether only this machine gets there: nothing crosses a network."""

    @property
    def level(self) -> str:
        """``smtpd_tls_security_level``, told by the older parameters where it is empty; in wrapper mode ``encrypt``."""
        if self.wrapped:
            return "encrypt"
        said = self.values.get("smtpd_tls_security_level", "").lower()
        if said:
            return said
        if self.is_on("smtpd_enforce_tls"):
            return "encrypt"
        return "may" if self.is_on("smtpd_use_tls") else "none"

    @property
    def wrapped(self) -> bool:
        """Whether TLS begins with the first byte."""
        return self.is_on("smtpd_tls_wrappermode")

    @property
    def takes_clear_passwords(self) -> bool:
        """Whether a client may log in before TLS."""
        if not self.is_on("smtpd_sasl_auth_enable") or self.level == "encrypt":
            return False
        return not self.is_on("smtpd_tls_auth_only")

    @property
    def scope(self) -> str:
        """What stands before a parameter's name that is set for this service alone."""
        return f"{self.service}/"

    def place(self, name: str) -> str:
        """The same where this service sets a parameter itself; ``""`` where it has it from main.cf."""
        return self.scope if name in self.own else ""

    def seen(self, name: str) -> tuple[str, ...]:
        """A parameter's value and where it stands, as evidence."""
        where = self.service if name in self.own else "main.cf"
        return (f"{where}: {name} = {self.values.get(name, '')}",)

    def is_on(self, name: str) -> bool:
        """Whether a parameter that is yes or no is yes."""
        return self.values.get(name, "").lower() == "yes"


@dataclass(frozen=True, slots=True)
class PostfixSite:
    """main.cf and the doors of master.cf."""

    version: Version
    main: Mapping[str, str]
    """Every parameter as main.cf and the defaults have it."""
    set_here: frozenset[str]
    """Those that main.cf sets."""
    doors: tuple[Door, ...] = ()
    starred: tuple[str, ...] = ()
    """Tables of ``smtp_tls_policy_maps`` with an entry for ``*``."""
    types: frozenset[str] = field(default=frozenset())
    """The types of tables there are; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class DovecotSite:
    """Dovecot's settings for everybody."""

    version: Version
    values: Mapping[str, str]
    set_here: frozenset[str]
    """Those that are set in its files."""
    local: bool = False
    """Whether all its ports are this machine's alone."""
    clear_ports: tuple[str, ...] = ()
    """Those of IMAP and POP3 that begin in clear."""
    plain: tuple[tuple[str, str], ...] = ()
    """Service and listener of those that others reach and that have one with TLS from the first byte beside them."""
    names: tuple[str, ...] = ()
    """Those of ``local_name`` blocks, in their order."""

    @property
    def new_names(self) -> bool:
        """Whether it is 2.4 or later, which renamed many settings."""
        return self.version >= (2, 4)


def version_of(text: str) -> Version:
    """``3.7.11`` in numbers."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def is_local(address: str) -> bool:
    """Whether an address is the loopback's."""
    try:
        return ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
