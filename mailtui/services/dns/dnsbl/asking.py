"""Asking one list: it is tested first, and what refuses to answer is never taken for a listing. RFC 5782, 5."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from mailtui.services.dns.answers import Answer
from mailtui.services.dns.dnsbl.model import Zone, question
from mailtui.services.dns.resolver import Resolver

Health = Literal["alive", "dead", "everything", "refused", "unknown"]
"""It lists its test entry and not the other; it lists nothing; it lists the world; it does not answer this machine's
resolver; nothing was learnt."""

_ANSWERS = ipaddress.ip_network("127.0.0.0/8")
_REFUSED = ipaddress.ip_network("127.255.255.0/24")
"""``.252`` a mistyped zone, ``.254`` a public resolver, ``.255`` too many questions."""
_ENTRIES = {"ip": ("127.0.0.2", "127.0.0.1"), "domain": ("test", "invalid")}


@dataclass(frozen=True, slots=True)
class Tested:
    """How a list is."""

    health: Health
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list says of one subject; ``codes`` are empty where it is not listed."""

    zone: Zone
    subject: str
    codes: tuple[str, ...]
    reason: str = ""
    """The list's own words."""
    lost: Answer | None = None
    """The answer that told nothing."""

    @property
    def meanings(self) -> tuple[str, ...]:
        """Each code with what it stands for."""
        return tuple(f"{code} {self.zone.codes.get(code, '')}".strip() for code in self.codes)


def tested(resolver: Resolver, zone: Zone) -> Tested:
    """Whether a list can be believed now."""
    listed, clear = _ENTRIES[zone.about]
    if zone.about == "domain":
        listed = zone.test
    on, off = resolver.ask_all([(question(zone.name, one), "A") for one in (listed, clear)])
    evidence = (*on.evidence(), *off.evidence())
    if any(is_refusal(zone, record) for record in on.records + off.records):
        return Tested("refused", evidence)
    if off.records or any(not _is_answer(record) for record in on.records):
        return Tested("everything", evidence)
    if on.records:
        return Tested("alive", evidence)
    return Tested("unknown" if on.unknown else "dead", evidence)


def listing(resolver: Resolver, zone: Zone, subject: str) -> Listing:
    """What a list that is alive says of an address or a domain."""
    answer = resolver.ask(question(zone.name, subject), "A")
    codes = tuple(one for one in answer.records if _is_answer(one) and not is_refusal(zone, one))
    if not codes:
        refused = any(is_refusal(zone, one) for one in answer.records)
        return Listing(zone, subject, (), lost=answer if answer.unknown or refused else None)
    reasons = resolver.ask(answer.name, "TXT").texts
    return Listing(zone, subject, codes, reasons[0] if reasons else "")


def is_refusal(zone: Zone, record: str) -> bool:
    """Whether an answer says that the list does not answer us."""
    return record in zone.refusals or ipaddress.ip_address(record) in _REFUSED


def _is_answer(record: str) -> bool:
    return ipaddress.ip_address(record) in _ANSWERS
