"""Names of hosts and numeric addresses as Postfix takes them for valid: ``valid_hostname(3)``."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from mailtui.services.postfix.addresses.routing import is_domain

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def is_hostname(name: str) -> bool:
    """Whether it is a host name in ASCII, and no number."""
    if not name or len(name) > 255 or not name.strip("0123456789."):
        return False
    return all(_LABEL.fullmatch(label) for label in name.split("."))


def is_address(text: str) -> bool:
    """Whether it is an IP address without brackets."""
    try:
        IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def is_mail_address(text: str) -> bool:
    """Whether it is an IP address as SMTP writes it in brackets: ``192.0.2.1``, ``IPv6:2001:db8::1``."""
    if text[:5].lower() == "ipv6:":
        return ":" in text[5:] and is_address(text[5:])
    return ":" not in text and is_address(text)


def is_full(name: str, *, utf8: bool = False) -> bool:
    """Whether a domain is a name with a dot in it; a final dot does not count."""
    name = undotted(name)
    return "." in name and (is_domain(name) and not name.startswith("[") if utf8 else is_hostname(name))


def undotted(name: str) -> str:
    """A name without its final dot."""
    return name[:-1] if len(name) > 1 and name.endswith(".") and not name.endswith("..") else name
