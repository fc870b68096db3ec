"""The macros of SPF: ``%{ir}.%{v}._spf.%{d2}``. RFC 7208, 7."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

_EXPAND = re.compile(r"%(?:\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\}|([%_\-]))")
_PLAIN = {"%": "%", "_": " ", "-": "%20"}
_LONGEST = 253


@dataclass(frozen=True, slots=True)
class Subject:
    """Who sends: what macros speak of, and what a record is evaluated for."""

    ip: IPv4Address | IPv6Address
    sender: str
    """MAIL FROM, or ``postmaster@`` and HELO where that is empty; with a local part."""
    helo: str


def expand(text: str, domain: str, subject: Subject, name_of_client: Callable[[], str]) -> str:
    """``text`` as a domain name for the record of ``domain``, its left labels cut where it is too long."""

    def one(match: re.Match[str]) -> str:
        if match[5]:
            return _PLAIN[match[5]]
        value = _value(match[1].lower(), domain, subject, name_of_client)
        parts = re.split(f"[{re.escape(match[4] or '.')}]", value)
        if match[3]:
            parts.reverse()
        if match[2]:
            parts = parts[-int(match[2]) :]
        changed = ".".join(parts)
        return quote(changed, safe="-._~") if match[1].isupper() else changed

    name = _EXPAND.sub(one, text).rstrip(".")
    while len(name) > _LONGEST and "." in name:
        name = name.partition(".")[2]
    return name


def _value(letter: str, domain: str, subject: Subject, name_of_client: Callable[[], str]) -> str:
    local, _, host = subject.sender.rpartition("@")
    match letter:
        case "s":
            return subject.sender
        case "l":
            return local
        case "o":
            return host
        case "d":
            return domain
        case "i":
            return dotted(subject.ip)
        case "p":
            return name_of_client()
        case "v":
            return "in-addr" if subject.ip.version == 4 else "ip6"
        case "h":
            return subject.helo
    return ""


def dotted(ip: IPv4Address | IPv6Address) -> str:
    """An address as ``%{i}`` writes it: IPv6 as nibbles."""
    return str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))
