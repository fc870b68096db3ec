"""Whether this machine's addresses and domain are on block lists, each tested before it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from mailtui.findings import Finding
from mailtui.services.dns.dnsbl.asking import Health, Listing, Tested, listing, tested
from mailtui.services.dns.dnsbl.model import Zone, zones
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say

_POLICY = ("127.0.0.10", "127.0.0.11")
_OUT: dict[Health, str] = {
    "refused": "refused",
    "dead": "silent",
    "everything": "everything",
    "unknown": "unknown",
}


def check(
    resolver: Resolver, addresses: Sequence[str], domain: str, lists: Sequence[Zone] | None = None
) -> tuple[Finding, ...]:
    """Each address and the domain at every list; ``lists`` instead of those known."""
    wanted = tuple(zone for zone in (zones() if lists is None else lists) if zone.about == "domain" or addresses)
    health = side_by_side([partial(tested, resolver, zone) for zone in wanted])
    alive = [zone for zone, told in zip(wanted, health, strict=True) if told.health == "alive"]
    asked = [(zone, one) for zone in alive for one in _subjects(zone, addresses, domain)]
    found = side_by_side([partial(listing, resolver, zone, subject) for zone, subject in asked])
    return (
        *(_listed(one) for one in found if one.codes),
        *_clean(found, addresses, domain),
        *_left_out([(zone.name, told) for zone, told in zip(wanted, health, strict=True)], resolver),
    )


def _subjects(zone: Zone, addresses: Sequence[str], domain: str) -> list[str]:
    if zone.about == "domain":
        return [domain] if domain else []
    return [ip for ip in addresses if zone.about_address(ip)]


def _listed(one: Listing) -> Finding:
    policy = one.zone.name.startswith("zen.") and set(one.codes) <= set(_POLICY)
    kind = "policy" if policy else "lenient" if one.zone.lenient else "listed"
    told = (*one.meanings, *([one.reason] if one.reason else []))
    where = one.zone.removal or f"https://{one.zone.name}"
    return say("dnsbl", kind, one.subject, told, of=one.zone.name, zone=one.zone.name, where=where, note=one.zone.note)


def _clean(found: Sequence[Listing], addresses: Sequence[str], domain: str) -> Iterator[Finding]:
    """For each subject that is on no list, of how many that is known."""
    for subject in (*addresses, domain):
        here = [one for one in found if one.subject == subject]
        told = [one for one in here if one.lost is None]
        if told and not any(one.codes for one in here):
            names = ", ".join(one.zone.name for one in told)
            yield say("dnsbl", "clean", subject, (names,), count=len(told))


def _left_out(health: Sequence[tuple[str, Tested]], resolver: Resolver) -> Iterator[Finding]:
    """The lists that were not believed: one finding for each reason, whatever their number."""
    for state, kind in _OUT.items():
        names = [name for name, told in health if told.health == state]
        if names:
            server = resolver.servers[0][0]
            yield say("dnsbl", kind, "block lists", names, count=len(names), server=server)
