"""The SPF record to publish: the one there is with what it lacks, or a new one. RFC 7208."""

from __future__ import annotations

from mailtui.services.dns.publishing.model import Wanted
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.sender import Sender
from mailtui.services.dns.spf.check import term_of
from mailtui.services.dns.spf.evaluate import check_host
from mailtui.services.dns.spf.record import SpfSyntax, is_spf, parse

_WHY = "who may send in the domain's name"


def spf_for(resolver: Resolver, domain: str, sender: Sender) -> Wanted:
    """The record of ``domain`` that passes for every address ``sender`` sends from."""
    answer = resolver.ask(domain, "TXT")
    if answer.unknown:
        return Wanted(domain, "TXT", _new(sender), _WHY, "unknown", (answer.told(),))
    there = tuple(text for text in answer.texts if is_spf(text))
    if len(there) != 1 or not _readable(there[0]):
        return Wanted(domain, "TXT", _new(sender), _WHY, "differs" if there else "missing", there)
    lacking = [ip for ip in sender.addresses if check_host(resolver, ip, domain).result != "pass"]
    if not lacking:
        return Wanted(domain, "TXT", there[0], _WHY, "published")
    return Wanted(domain, "TXT", _with(there[0], [term_of(ip) for ip in lacking]), _WHY, "differs", there)


def _new(sender: Sender) -> str:
    return " ".join(["v=spf1", "mx", *(term_of(ip) for ip in sender.addresses), "-all"])


def _with(text: str, terms: list[str]) -> str:
    """The terms first: they cost no lookup, and nothing before them can say no."""
    version, _, rest = text.partition(" ")
    return " ".join(filter(None, (version, *terms, rest.strip())))


def _readable(text: str) -> bool:
    try:
        parse(text)
    except SpfSyntax:
        return False
    return True
