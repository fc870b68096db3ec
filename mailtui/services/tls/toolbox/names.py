"""The names a certificate is asked for: subjectAltName (RFC 5280, 4.2.1.6; RFC 9525), in DNS's own spelling."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from cryptography import x509

from mailtui.host.errors import UsageError
from mailtui.text import clean

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_LONGEST = 253


def alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """Host names, ``*.`` before them allowed, and addresses, each once. Raises UsageError for what is neither."""
    general = dict.fromkeys(_general_name(name) for name in names)
    if not general:
        raise UsageError(
            "a certificate needs a name: no client of today looks at the CN", unlock="--name mail.example.org"
        )
    return x509.SubjectAlternativeName(list(general))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return x509.DNSName(host_name(name))


def host_name(name: str) -> str:
    """A host name in ASCII, a letter outside it as IDNA spells it. Raises UsageError for what cannot be one."""
    wanted = name.strip().rstrip(".").lower()
    star, plain = ("*.", wanted[2:]) if wanted.startswith("*.") else ("", wanted)
    try:
        ascii_name = plain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _no_name(name) from error
    if not ascii_name or len(ascii_name) > _LONGEST or not all(map(_LABEL.fullmatch, ascii_name.split("."))):
        raise _no_name(name)
    return star + ascii_name


def _no_name(name: str) -> UsageError:
    return UsageError(f"{clean(name)!r} is no host name or address a certificate can stand for")
