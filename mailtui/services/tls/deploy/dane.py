"""Whether a published TLSA record would break with a new certificate: then senders that believe DANE defer all mail.

RFC 7672, 2.2 and 8.1: the next record is published, two TTLs go by, and only then the certificate changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from mailtui.services.dns.answers import Answer
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.deploy.candidate import Candidate, Refused
from mailtui.services.tls.tlsa import Tlsa, of_key, parse
from mailtui.text import clean

PORT = 25
_MOST_HOSTS = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What DANE says to a chain. Text is cleaned."""

    broken: tuple[str, ...] = ()
    """Names of TLSA record sets none of whose records fits; with them mail would stop."""
    unknown: tuple[str, ...] = ()
    """Why it could not be told of a name."""
    unsigned: tuple[str, ...] = ()
    """Names whose records do not fit, and which no DNSSEC proves: nobody may believe them."""


def verdict(hosts: Sequence[str], chain: Sequence[x509.Certificate], resolver: Asker) -> Verdict:
    """The verdict on a chain that the mail servers ``hosts`` would serve."""
    questions = [(f"_{PORT}._tcp.{host.rstrip('.')}", "TLSA") for host in dict.fromkeys(hosts)]
    broken: list[str] = []
    unknown: list[str] = []
    unsigned: list[str] = []
    for answer in resolver.ask_all(questions):
        name = clean(answer.name)
        if answer.unknown:
            unknown.append(f"{name}: {clean(answer.problem) or 'no answer'}")
        elif not _fits(answer, chain):
            (broken if answer.secure or not resolver.local else unsigned).append(name)
    return Verdict(tuple(broken), tuple(unknown), tuple(unsigned))


def advice(leaf: x509.Certificate) -> str:
    """What to publish before the certificate can change."""
    return f"publish {of_key(leaf)} beside the records there are, wait for twice their TTL, then deploy"


def past_dane(one: Candidate, hostname: str, resolver: Asker, risks: list[str]) -> Candidate:
    """The candidate, with its root where a TLSA record points there; what cannot be told goes to ``risks``.

    Raises Refused where mail would stop.
    """
    hosts = [hostname, *(name for name in one.names if not name.startswith("*."))][:_MOST_HOSTS]
    found = verdict(hosts, one.chain.certificates, resolver)
    if found.broken and one.chain.root is not None:
        whole = replace(one.chain, certificates=(*one.chain.certificates, one.chain.root))
        if not verdict(hosts, whole.certificates, resolver).broken:
            return replace(one, chain=whole)
    if found.broken:
        names = ", ".join(found.broken)
        raise Refused(
            f"no TLSA record of {names} fits it: senders that check DANE would keep all mail back",
            unlock=advice(one.leaf),
        )
    risks += [f"{name} does not fit it, but no DNSSEC proves that record" for name in found.unsigned]
    risks += [f"whether a TLSA record would break cannot be told: {why}" for why in found.unknown[:1]]
    return one


def _fits(answer: Answer, chain: Sequence[x509.Certificate]) -> bool:
    records = [record for text in answer.records if (record := parse(text)) is not None]
    usable: list[Tlsa] = [record for record in records if record.usable]
    return not usable or any(record.matches(chain) for record in usable)
