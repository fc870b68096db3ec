"""One DMARC record: what a receiver takes from it, and what is wrong with it. RFC 9989, 4.7 and 4.8; RFC 7489, 6.3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mailtui.services.dns.tags import Tags, read_tags
from mailtui.text import clean

Policy = Literal["none", "quarantine", "reject"]
POLICIES: tuple[Policy, ...] = ("none", "quarantine", "reject")
REMOVED = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 took away; older receivers still read them."""

_VALUES = {
    "p": POLICIES,
    "sp": POLICIES,
    "np": POLICIES,
    "adkim": ("r", "s"),
    "aspf": ("r", "s"),
    "psd": ("y", "n", "u"),
    "t": ("y", "n"),
}
_KNOWN = frozenset({"v", "rua", "ruf", "fo", *_VALUES, *REMOVED})
_FO = frozenset("01ds")
_MAILTO = re.compile(r"mailto:([^@\s,!?]+)@([^@\s,!?]+?)(\?[^\s,!]*)?(![0-9]+[kmgt]?)?\Z", re.IGNORECASE)
_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class Report:
    """Where reports are sent."""

    tag: str
    """``rua`` (aggregate) or ``ruf`` (failures)."""
    address: str
    host: str
    """The domain of the address, in lower case."""
    limited: bool = False
    """Whether a size such as ``!10m`` stands behind it, which means nothing any more."""


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """A record that receivers use."""

    text: str
    tags: Tags
    reports: tuple[Report, ...]
    flaws: tuple[str, ...] = ()
    """Values that receivers ignore, for people."""

    @property
    def policy(self) -> Policy | None:
        """What is asked for the domain itself; None for a record that asks for nothing, as if there were none."""
        if found := self._policy("p"):
            return found
        return "none" if any(report.tag == "rua" for report in self.reports) else None

    @property
    def for_subdomains(self) -> Policy | None:
        """What is asked for subdomains that exist."""
        return self._policy("sp") or self.policy

    @property
    def for_missing(self) -> Policy | None:
        """What is asked for subdomains that do not exist."""
        return self._policy("np") or self.for_subdomains

    @property
    def psd(self) -> str:
        """``y`` for a public suffix, ``n`` for an organization, ``u`` for a name of which nothing is said."""
        value = self.tags.get("psd").lower()
        return value if value in ("y", "n") else "u"

    @property
    def testing(self) -> bool:
        """Whether receivers go one step lighter than asked."""
        return self.tags.get("t").lower() == "y"

    def strict(self, tag: str) -> bool:
        """Whether ``adkim`` or ``aspf`` wants the very same domain."""
        return self.tags.get(tag).lower() == "s"

    def _policy(self, tag: str) -> Policy | None:
        value = self.tags.get(tag).lower()
        return next((policy for policy in POLICIES if policy == value), None)


def is_dmarc(text: str) -> bool:
    """Whether a TXT record counts at all: the version comes first and in capitals."""
    return _VERSION.match(text) is not None


def parse(text: str) -> DmarcRecord:
    """A record that ``is_dmarc``."""
    tags = read_tags(text)
    flaws = list(tags.flaws)
    reports = []
    for tag in ("rua", "ruf"):
        for uri in filter(None, (part.strip() for part in tags.get(tag).split(","))):
            report = _report(tag, uri)
            if report:
                reports.append(report)
            else:
                flaws.append(f"{tag}: {clean(uri)!r} is no mailto: address")
        if tag in tags.values and not tags.get(tag):
            flaws.append(f"{tag}= is empty")
    flaws += [
        f"{name}={clean(tags.get(name))}: it may be {', '.join(allowed)}"
        for name, allowed in _VALUES.items()
        if name in tags.values and tags.get(name).lower() not in allowed
    ]
    flaws += [f"{clean(name)}= is no tag of DMARC" for name in tags.values if name not in _KNOWN]
    if "fo" in tags.values and not set(re.split(r"\s*:\s*", tags.get("fo").lower())) <= _FO:
        flaws.append(f"fo={clean(tags.get('fo'))}: it may be 0, 1, d and s with colons between")
    return DmarcRecord(text, tags, tuple(reports), tuple(flaws))


def _report(tag: str, uri: str) -> Report | None:
    match = _MAILTO.match(uri)
    if not match:
        return None
    return Report(tag, f"{match[1]}@{match[2]}", match[2].lower().rstrip("."), bool(match[4]))
