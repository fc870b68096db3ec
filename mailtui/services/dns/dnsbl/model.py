"""The block lists known by name, and how a list is asked. RFC 5782, 2."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from mailtui.services.postfix.restrictions.judging.dnslists import reversed_address

About = Literal["ip", "domain"]
_PAID = ".dq.spamhaus.net"


@dataclass(frozen=True, slots=True)
class Zone:
    """One list."""

    name: str
    about: About
    ipv6: bool = False
    """Whether it has IPv6 addresses, too."""
    test: str = "test"
    """Of a list of domains: one that is always listed (RFC 5782, 5)."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """What its answers mean."""
    refusals: tuple[str, ...] = ()
    """Answers of its own that say it does not answer us; those of ``REFUSED`` are every list's."""
    lenient: bool = False
    """Whether hardly anybody rejects by it."""
    removal: str = ""
    """Where to ask to be taken off."""
    note: str = ""

    def about_address(self, ip: str) -> bool:
        """Whether it can be asked about an address."""
        return self.about == "ip" and (self.ipv6 or ":" not in ip)


def question(zone: str, subject: str) -> str:
    """The name to ask for: an address backwards, or a domain, before the zone."""
    try:
        return f"{reversed_address(subject)}.{zone}"
    except ValueError:
        return f"{subject.rstrip('.')}.{zone}"


def shown(zone: str) -> str:
    """A zone for people: the customer's key of Spamhaus' paid service left out."""
    return f"****.{zone.partition('.')[2]}" if is_paid(zone) else zone


def is_paid(text: str) -> bool:
    """Whether the name of a list that holds a customer's key stands in a text."""
    return _PAID in text.lower()


@cache
def zones() -> tuple[Zone, ...]:
    """Those that are worth asking about oneself."""
    rows = json.loads(files(__package__).joinpath("zones.json").read_text(encoding="utf-8"))
    return tuple(
        Zone(
            row["zone"],
            row["of"],
            row.get("ipv6", False),
            row.get("test", "test"),
            row.get("codes", {}),
            tuple(row.get("refusals", ())),
            row.get("lenient", False),
            row["removal"],
            row.get("note", ""),
        )
        for row in rows
    )


@cache
def _dead() -> dict[str, str]:
    known: dict[str, str] = json.loads(files(__package__).joinpath("dead.json").read_text(encoding="utf-8"))
    return known


def died(zone: str) -> str:
    """Since when a list, or the one it is a part of, is no more; ``""`` where that is not known."""
    name = zone.lower().rstrip(".")
    return next((since for dead, since in _dead().items() if name == dead or name.endswith(f".{dead}")), "")
