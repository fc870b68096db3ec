"""Addresses and hosts as a report groups them, after pflogsumm's ``gimme_domain``."""

from __future__ import annotations

_GENERIC = frozenset({"com", "net", "org", "gov", "mil", "edu", "int", "info", "biz"})
_MOST_LABELS = 3


def address(text: str) -> str:
    """An address with its domain in lower case; users may differ by case."""
    user, at, domain = text.rpartition("@")
    return f"{user}@{domain.lower()}" if at else text


def domain_of(text: str) -> str:
    """The domain of an address in lower case; of one without, the whole."""
    return text.rpartition("@")[2].lower()


def host_domain(client: str) -> str:
    """``mail.a.example.com[192.0.2.1]`` → ``example.com``; without a name, the address."""
    name, _, rest = client.partition("[")
    if name in ("", "unknown") or name.endswith("in-addr.arpa"):
        return rest.partition("]")[0] or name or client
    labels = name.lower().split(".")
    if labels[-1] in _GENERIC:
        return ".".join(labels[-2:])
    return ".".join(labels[1:] if len(labels) > _MOST_LABELS else labels)
