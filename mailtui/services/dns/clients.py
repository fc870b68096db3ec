"""Whether mail programs find the servers of a domain by themselves: SRV records, and names that mail programs try.

RFC 6186; RFC 8314, 5.1; RFC 5804, 1.8. Thunderbird asks at ``autoconfig``, Outlook at ``autodiscover``.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.sender import Sender

SERVICES = {
    "_submissions._tcp": 465,
    "_submission._tcp": 587,
    "_imaps._tcp": 993,
    "_imap._tcp": 143,
    "_pop3s._tcp": 995,
    "_pop3._tcp": 110,
    "_sieve._tcp": 4190,
}
"""The labels, those with TLS from the first byte before the others, and their registered ports."""
HOSTS = ("autoconfig", "autodiscover")


@dataclass(frozen=True, slots=True)
class Offer:
    """One SRV record."""

    name: str
    port: int
    host: str
    """Empty for a service that the domain says it does not have (``.``)."""


def check(resolver: Resolver, domain: str, sender: Sender, ports: Set[int]) -> tuple[Finding, ...]:
    """The records there are; ``ports`` are those this machine is set to open, none where that is not known."""
    services = [(f"{label}.{domain}", "SRV") for label in SERVICES]
    guesses = [(f"{host}.{domain}", kind) for host in HOSTS for kind in ("A", "AAAA")]
    answers = resolver.ask_all([*services, *guesses])
    found = _check(resolver, domain, answers, sender, ports)
    return tuple({finding.id: finding for finding in found}.values())


def _check(
    resolver: Resolver, domain: str, answers: tuple[Answer, ...], sender: Sender, ports: Set[int]
) -> Iterator[Finding]:
    services = answers[: len(SERVICES)]
    if lost := [answer for answer in services if answer.unknown]:
        yield unknown("clients", lost[0], domain)
    elif not any(answer.records for answer in answers):
        guessed = next((answer for answer in answers if answer.unknown), None)
        yield unknown("clients", guessed, domain) if guessed else say("clients", "none", domain)
    offers = [offer for answer in services for offer in _offers(answer)]
    for offer in offers:
        if offer.host:
            yield from _offer(resolver, domain, offer, sender, ports)
    if any(offer.host for offer in offers):
        yield say("clients", "published", domain, tuple(line for answer in services for line in _told(answer)))


def _offer(resolver: Resolver, domain: str, offer: Offer, sender: Sender, ports: Set[int]) -> Iterator[Finding]:
    answers = resolver.ask_all([(offer.host, "A"), (offer.host, "AAAA")])
    addresses = {ip for answer in answers for ip in answer.records}
    told, place = (f"{offer.name} SRV {offer.port} {offer.host}",), f"{offer.name}/{offer.host}"
    lost = [answer for answer in answers if answer.unknown]
    if lost and not addresses:
        yield unknown("clients", lost[0], offer.host)
    elif not addresses:
        yield say("clients", "unresolved", domain, told, of=place, host=offer.host)
    elif any(answer.aliases for answer in answers):
        yield say("clients", "alias", domain, told, of=place, host=offer.host)
    ours = offer.host == sender.hostname.lower() or bool(addresses & set(sender.addresses))
    if ours and ports and offer.port not in ports:
        place = f"{offer.name}/{offer.port}"
        yield say("clients", "closed", domain, told, of=place, port=offer.port, service=offer.name)


def _offers(answer: Answer) -> Iterator[Offer]:
    for record in answer.records:
        _, _, port, target = record.split()
        yield Offer(answer.name.removesuffix("."), int(port), target.rstrip(".").lower())


def _told(answer: Answer) -> tuple[str, ...]:
    return answer.evidence() if answer.records else ()
