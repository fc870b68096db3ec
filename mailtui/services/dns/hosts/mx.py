"""Where the world sends mail for a domain: MX, and the addresses behind it. RFC 5321, 5.1; RFC 7505; RFC 2181, 10.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.names import is_host, is_public, version_of
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.sender import Sender


@dataclass(frozen=True, slots=True)
class Exchanger:
    """One host of an MX record, or the domain itself where there is none."""

    host: str
    preference: int
    a: Answer
    aaaa: Answer

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it is, IPv4 first."""
        return self.a.records + self.aaaa.records


@dataclass(frozen=True, slots=True)
class Exchangers:
    """All of a domain."""

    answer: Answer
    hosts: tuple[Exchanger, ...] = ()
    """The preferred first."""
    null: bool = False
    """Whether an MX says that there is no mail (``0 .``)."""

    @property
    def implicit(self) -> bool:
        """Whether there is no MX and the domain's own address stands for one."""
        return self.answer.absent

    def ours(self, sender: Sender) -> tuple[Exchanger, ...]:
        """Those that are this machine."""
        own = {sender.hostname.lower(), sender.helo.lower()}
        return tuple(one for one in self.hosts if one.host in own or set(one.addresses) & set(sender.addresses))


def exchangers(resolver: Resolver, domain: str) -> Exchangers:
    """Ask for MX and for the addresses of each host."""
    answer = resolver.ask(domain, "MX")
    pairs = sorted((int(first), rest.rstrip(".").lower()) for first, _, rest in map(_split, answer.records))
    named = [(preference, host) for preference, host in pairs if host]
    if answer.absent:
        named = [(0, domain)]
    questions = [(host, kind) for _, host in named for kind in ("A", "AAAA")]
    answers = resolver.ask_all(questions)
    hosts = tuple(
        Exchanger(host, preference, a, aaaa)
        for (preference, host), a, aaaa in zip(named, answers[::2], answers[1::2], strict=True)
    )
    return Exchangers(answer, hosts, null=len(named) < len(pairs))


def check(resolver: Resolver, domain: str, sender: Sender) -> tuple[Finding, ...]:
    """Whether mail for ``domain`` can arrive, and arrives here."""
    return tuple(_check(exchangers(resolver, domain), domain, sender))


def _check(found: Exchangers, domain: str, sender: Sender) -> Iterator[Finding]:
    answer = found.answer
    if answer.unknown:
        yield unknown("mx", answer, domain)
        return
    if answer.state == "nxdomain":
        yield say("mx", "no-domain", domain, answer.evidence())
        return
    if found.null:
        yield say("mx", "null-mixed" if found.hosts else "null", domain, answer.evidence())
    if found.implicit:
        yield _implicit(found.hosts[0], answer, domain)
        if not found.hosts[0].addresses:
            return
    for host in {one.host: one for one in found.hosts}.values():
        yield from _host(host, found, domain, sender)
    if found.hosts:
        yield from _here(found, domain, sender)


def _implicit(one: Exchanger, answer: Answer, domain: str) -> Finding:
    """There is no MX: the domain's own address stands for one, if there is an address."""
    lost = next((told for told in (one.a, one.aaaa) if told.unknown), None)
    if lost and not one.addresses:
        return unknown("mx", lost, domain)
    return say("mx", "implicit" if one.addresses else "none", domain, answer.evidence())


def _host(one: Exchanger, found: Exchangers, domain: str, sender: Sender) -> Iterator[Finding]:
    record = found.answer.evidence() if found.implicit else (f"{domain} MX {one.preference} {one.host}",)
    told = (*record, *one.a.evidence(), *one.aaaa.evidence())
    if version_of(one.host):
        yield say("mx", "address", domain, told, of=one.host, host=one.host)
    elif not is_host(one.host):
        yield say("mx", "no-host", domain, told, of=one.host, host=one.host)
    elif one.a.unknown or (one.aaaa.unknown and not one.a.records):
        yield unknown("mx", one.a if one.a.unknown else one.aaaa, one.host)
    elif not one.addresses:
        yield say("mx", "unresolved", domain, told, of=one.host, host=one.host)
    else:
        if (one.a.aliases or one.aaaa.aliases) and not found.implicit:
            yield say("mx", "alias", domain, told, of=one.host, host=one.host)
        for ip in one.addresses:
            if not is_public(ip):
                yield say("mx", "private", domain, told, of=f"{one.host}/{ip}", host=one.host, ip=ip)
        if one.host == sender.hostname.lower() and one.aaaa.records and 6 not in sender.protocols:
            yield say("mx", "no-ipv6", domain, told, of=one.host, host=one.host)


def _here(found: Exchangers, domain: str, sender: Sender) -> Iterator[Finding]:
    """Whether any host is this machine, as far as that can be told."""
    hosts = ", ".join(dict.fromkeys(one.host for one in found.hosts))
    if found.ours(sender):
        yield say("mx", "here", domain, found.answer.evidence(), hosts=hosts)
    elif sender.addresses:
        own = (f"this machine: {sender.hostname}, {', '.join(sender.addresses)}",)
        yield say("mx", "elsewhere", domain, (*found.answer.evidence(), *own), hosts=hosts)


def _split(record: str) -> tuple[str, str, str]:
    return record.partition(" ")
