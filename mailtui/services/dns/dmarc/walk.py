"""The tree walk: which record speaks for a name, and which organization it belongs to. RFC 9989, 4.10."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.services.dns.answers import Answer
from mailtui.services.dns.dmarc.record import DmarcRecord, is_dmarc, parse
from mailtui.services.dns.names import is_domain
from mailtui.services.dns.resolver import Resolver

_LONGEST = 8
"""The most questions of one walk, and the label count from which names are cut to one less."""


@dataclass(frozen=True, slots=True)
class Place:
    """One name of the walk, and what stands at ``_dmarc`` below it."""

    domain: str
    answer: Answer
    candidates: tuple[str, ...]
    """The TXT records there that are of DMARC; several count as none."""
    record: DmarcRecord | None


@dataclass(frozen=True, slots=True)
class Walk:
    """What was found from a name up to the top."""

    places: tuple[Place, ...]

    @property
    def domain(self) -> str:
        """Where it began."""
        return self.places[0].domain

    @property
    def organization(self) -> str:
        """The organizational domain: names with the same one are aligned."""
        found = [place for place in self.places if place.record]
        for place in found:
            if place.record and place.record.psd == "n":
                return place.domain
        for place in found:
            if place.record and place.record.psd == "y" and place is not self.places[0]:
                return _below(place.domain, self.domain)
        return found[-1].domain if found else self.domain

    @property
    def policy(self) -> Place | None:
        """The place whose record receivers go by: of the name, else of its organization, else of the suffix above."""
        by_name = {place.domain: place for place in self.places if place.record}
        suffix = next((place for place in self.places[1:] if place.record and place.record.psd == "y"), None)
        return by_name.get(self.domain) or by_name.get(self.organization) or suffix

    @property
    def unknown(self) -> Answer | None:
        """The first answer that told nothing, so that the walk may be wrong."""
        return next((place.answer for place in self.places if place.answer.unknown), None)


def walk(resolver: Resolver, domain: str) -> Walk:
    """Ask at ``domain`` and at the names above it, at most eight times."""
    places = []
    for name in names(domain):
        place = _place(resolver, name)
        places.append(place)
        if place.record and place.record.psd != "u":
            break
    return Walk(tuple(places))


def names(domain: str) -> Iterator[str]:
    """The names that are asked, the longest first."""
    labels = domain.lower().rstrip(".").split(".")
    yield ".".join(labels)
    labels = labels[1:] if len(labels) < _LONGEST else labels[-(_LONGEST - 1) :]
    for first in range(len(labels)):
        yield ".".join(labels[first:])


def aligned(resolver: Resolver, one: str, other: str, *, strict: bool) -> bool:
    """Whether two domains count as the same: literally, or by their organization (4.4)."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    if one == other or strict:
        return one == other
    return walk(resolver, one).organization == walk(resolver, other).organization


def _place(resolver: Resolver, domain: str) -> Place:
    name = f"_dmarc.{domain}"
    if not is_domain(name):
        return Place(domain, Answer(name, "TXT", "nxdomain"), (), None)
    answer = resolver.ask(name, "TXT")
    candidates = tuple(text for text in answer.texts if is_dmarc(text))
    return Place(domain, answer, candidates, parse(candidates[0]) if len(candidates) == 1 else None)


def _below(suffix: str, domain: str) -> str:
    """The name one label below ``suffix`` on the way to ``domain``."""
    return ".".join(domain.split(".")[-(suffix.count(".") + 2) :])
