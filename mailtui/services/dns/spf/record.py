"""One SPF record: its terms, or what is wrong with its syntax. RFC 7208, 4.5, 4.6.1 and 12."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from mailtui.text import clean

Network = IPv4Network | IPv6Network
VERSION = "v=spf1"
QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
LOOKUPS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""The terms that cause DNS queries, of which ten are allowed (4.6.4)."""

_MACRO = r"%\{[slodiphcrtvSLODIPHCRTV][0-9]*[rR]?[.\-+,/_=]*\}|%%|%_|%-"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|[\x21-\x24\x26-\x7e])*\Z")
_TOP_LABEL = r"(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])"
_DOMAIN = re.compile(rf"(?:(?:{_MACRO}|[\x21-\x24\x26-\x7e])*\.{_TOP_LABEL}\.?|.*(?:{_MACRO}))\Z", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9\-_.]*)=(.*)\Z", re.DOTALL)
_MECHANISM = re.compile(r"([-+~?]?)([A-Za-z][A-Za-z0-9\-_.]*)(.*)\Z", re.DOTALL)
_CIDR = re.compile(r"(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_CIDR_AT_END = re.compile(r"(?:/[0-9]*)?(?://[0-9]*)?\Z")
_FORBIDDEN_IN_DOMAIN = re.compile(r"%\{[crtCRT]")
_ZERO_DIGITS = re.compile(r"%\{[A-Za-z]0+(?=[^0-9])")


class SpfSyntax(ValueError):
    """A record that no receiver can evaluate: permerror. Its text says why, for people."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive, such as ``-all`` or ``ip4:192.0.2.0/24``."""

    text: str
    """As it was written."""
    result: str
    """What it says when it matches: ``pass fail softfail neutral``."""
    name: str
    domain: str = ""
    """The domain-spec, macros and all; empty for the current domain."""
    network: Network | None = None
    """Of ip4 and ip6."""
    cidr4: int = 32
    cidr6: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""
    modifiers: tuple[str, ...] = ()
    """The names of its modifiers."""

    @property
    def all(self) -> Mechanism | None:
        """The mechanism after which nothing is reached."""
        return next((one for one in self.mechanisms if one.name == "all"), None)


def is_spf(text: str) -> bool:
    """Whether a TXT record is one of SPF at all (4.5)."""
    return text.lower() == VERSION or text.lower().startswith(VERSION + " ")


def parse(text: str) -> Record:
    """The terms of a record that ``is_spf``. Raises SpfSyntax."""
    if not text.isascii():
        raise SpfSyntax("a character outside ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in filter(None, text[len(VERSION) :].split(" ")):
        if modifier := _MODIFIER.match(term):
            _take_modifier(modifier[1].lower(), modifier[2], modifiers)
        else:
            mechanisms.append(_mechanism(term))
    return Record(tuple(mechanisms), modifiers.get("redirect", ""), tuple(modifiers))


def _take_modifier(name: str, value: str, modifiers: dict[str, str]) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise SpfSyntax(f"{name}= stands twice")
        _domain(f"{name}={value}", value)
    elif not _MACRO_STRING.match(value):
        raise SpfSyntax(f"a wrong macro in {clean(name)}={clean(value)}")
    modifiers[name] = value


def _mechanism(term: str) -> Mechanism:
    found = _MECHANISM.match(term)
    if not found:
        raise SpfSyntax(f"{clean(term)!r} is no term")
    name, rest, result = found[2].lower(), found[3], QUALIFIERS[found[1] or "+"]
    if name == "all" and not rest:
        return Mechanism(term, result, name)
    if name in ("ip4", "ip6"):
        return Mechanism(term, result, name, network=_network(term, name, rest))
    if name in ("include", "exists"):
        if not rest.startswith(":"):
            raise SpfSyntax(f"{clean(term)}: {name} needs a domain")
        return Mechanism(term, result, name, _domain(term, rest[1:]))
    if name == "ptr" and (not rest or rest.startswith(":")):
        return Mechanism(term, result, name, _domain(term, rest[1:]) if rest else "")
    if name in ("a", "mx"):
        return _with_cidr(term, result, name, rest)
    raise SpfSyntax(f"{clean(term)!r} is no mechanism")


def _with_cidr(term: str, result: str, name: str, rest: str) -> Mechanism:
    domain = ""
    if rest.startswith(":"):
        start = _CIDR_AT_END.search(rest)
        cut = start.start() if start else len(rest)
        domain, rest = _domain(term, rest[1:cut]), rest[cut:]
    cidr = _CIDR.match(rest)
    if not cidr:
        raise SpfSyntax(f"{clean(term)}: a wrong prefix length")
    cidr4, cidr6 = int(cidr[1] or 32), int(cidr[2] or 128)
    if cidr4 > 32 or cidr6 > 128:
        raise SpfSyntax(f"{clean(term)}: a prefix length that is too long")
    return Mechanism(term, result, name, domain, None, cidr4, cidr6)


def _network(term: str, name: str, rest: str) -> Network:
    address, slash, length = rest[1:].partition("/")
    good = rest.startswith(":") and (not slash or re.fullmatch(r"0|[1-9][0-9]{0,2}", length)) and "%" not in address
    try:
        if not good:
            raise ValueError
        kind = IPv4Network if name == "ip4" else IPv6Network
        return kind(rest[1:], strict=False)
    except ValueError as error:
        raise SpfSyntax(f"{clean(term)}: no {'IPv4' if name == 'ip4' else 'IPv6'} address or network") from error


def _domain(term: str, text: str) -> str:
    if not _DOMAIN.match(text) or not _MACRO_STRING.match(text) or _ZERO_DIGITS.search(text):
        raise SpfSyntax(f"{clean(term)}: no domain")
    if _FORBIDDEN_IN_DOMAIN.search(text):
        raise SpfSyntax(f"{clean(term)}: the macros c, r and t are for explanations alone")
    return text
