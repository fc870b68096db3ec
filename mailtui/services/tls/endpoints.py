"""Ports by number or name, and where this machine reaches a server that listens on them.

Postfix: master(5), postconf(5) ``inet_interfaces``; Dovecot: ``protocols``, ``listen`` and ``address``.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

_EVERYWHERE = {4: "127.0.0.1", 6: "::1"}


def enabled_protocols(known: Mapping[str, str]) -> set[str]:
    """``protocols = imap lmtp`` (2.3), ``protocols { imap = yes }`` (2.4)."""
    listed = set(known.get("protocols", "").split())
    return listed | {
        name.removeprefix("protocols { ")
        for name, value in known.items()
        if name.startswith("protocols { ") and value == "yes"
    }


def port_of(name: str) -> int | None:
    """A port by its number or its name in services(5); None for none."""
    if name.isdigit():
        return int(name) if 0 < int(name) < 65536 else None
    try:
        return socket.getservbyname(name, "tcp")
    except OSError:
        return None


def reached_at(interfaces: str, protocols: str) -> Iterator[str]:
    """Where a server that listens on ``interfaces`` is reached from this machine."""
    four, six = ("all" in protocols or version in protocols for version in ("ipv4", "ipv6"))
    for word in dict.fromkeys(re.split(r"[,\s]+", interfaces.strip())):
        match word:
            case "all" | "loopback-only" | "localhost":
                yield from ([_EVERYWHERE[4]] if four else []) + ([_EVERYWHERE[6]] if six else [])
            case "*" | "0.0.0.0":  # noqa: S104 - where a server listens
                yield _EVERYWHERE[4]
            case "::" | "[::]":
                yield _EVERYWHERE[6]
            case _:
                yield from _literal(word)


def _literal(word: str) -> Iterator[str]:
    """An address as it is; a host name by the addresses it has here."""
    try:
        yield str(ip_address(word.strip("[]")))
    except ValueError:
        try:
            found = socket.getaddrinfo(word, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        yield from dict.fromkeys(str(entry[4][0]) for entry in found)
