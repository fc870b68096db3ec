"""Addresses and hosts as a report groups them, after pflogsumm's ``gimme_domain``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GENERIC = frozenset({"com", "net", "org", "gov", "mil", "edu", "int", "info", "biz"})
_MOST_LABELS = 3


_VERP = re.compile(r"((?:bounce[ds]?|no(?:list|reply|response)|return|sentto|\d++).*?)(?:[+_.*-]\d+\b)+", re.I | re.A)
_VERP_RECIPIENT = re.compile(r"[*-](?:\d+[*-])?[^=*-]+[=*][^@]+@", re.A)
_LONGEST = 320
"""RFC 3696: 64 characters before the @, 255 behind it. Nothing longer is munged."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Which addresses are one in the lists: options of pflogsumm(1) and their ways."""

    ignore_case: bool = False
    """``-i``: users do not differ by case."""
    verp_mung: int = 0
    """``--verp-mung``: numbers in a mailing list's sender become ``ID``; from 2 on its recipient is taken out."""

    def sender(self, text: str) -> str:
        """An envelope sender as it is listed."""
        named = self.recipient(text)
        if self.verp_mung and len(named) <= _LONGEST:
            named = _VERP.sub(r"\1-ID", named, count=1)
            if self.verp_mung > 1:
                named = _VERP_RECIPIENT.sub("@", named, count=1)
        return named

    def recipient(self, text: str) -> str:
        """An address with its domain in lower case, or all of it."""
        if self.ignore_case:
            return text.lower()
        user, at, domain = text.rpartition("@")
        return f"{user}@{domain.lower()}" if at else text


AS_LOGGED = Alike()
"""Only domains do not differ by case."""


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
