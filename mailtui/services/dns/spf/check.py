"""What is wrong with the SPF record of a domain, for the addresses this machine really sends from. RFC 7208."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.names import is_host
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.spf.evaluate import MOST_LOOKUPS, check_host
from mailtui.services.dns.spf.record import Record, SpfSyntax, is_spf, parse
from mailtui.services.dns.spf.weight import weigh

_LARGE = 450
_NEAR = 9
_WIDE = {4: 16, 6: 24}
_MEANT = re.compile(r"^\W*v\W*=?\W*spf", re.IGNORECASE)


def check(resolver: Resolver, domain: str, addresses: Sequence[str], helo: str) -> tuple[Finding, ...]:
    """The record of ``domain`` and, where it is another name, of HELO."""
    return (*_domain(resolver, domain, addresses), *_helo(resolver, helo, domain, addresses))


def term_of(ip: str) -> str:
    """The term that allows one address."""
    return f"ip{ipaddress.ip_address(ip).version}:{ip}"


def _domain(resolver: Resolver, domain: str, addresses: Sequence[str]) -> Iterator[Finding]:
    answer = resolver.ask(domain, "TXT")
    if answer.unknown:
        yield unknown("spf", answer, domain)
        return
    found = [text for text in answer.texts if is_spf(text)]
    damaged = [text for text in answer.texts if text not in found and _MEANT.match(text)]
    if damaged:
        yield say("spf", "damaged", domain, damaged)
    if not found:
        if not damaged:
            yield say("spf", "none", domain, answer.evidence()[:5])
    elif len(found) > 1:
        yield say("spf", "several", domain, found, count=len(found))
    else:
        yield from _record(resolver, domain, found[0], answer, addresses)


def _record(resolver: Resolver, domain: str, text: str, answer: Answer, addresses: Sequence[str]) -> Iterator[Finding]:
    try:
        record = parse(text)
    except SpfSyntax as error:
        yield say("spf", "syntax", domain, (text,), why=error)
        return
    for ip in addresses:
        yield _verdict(resolver, domain, ip, text)
    if not addresses:
        yield say("spf", "no-address", domain, (text,))
        if not record.redirect and all(one.result != "pass" for one in record.mechanisms):
            yield say("spf", "nobody", domain, (text,))
    yield from _heavy(resolver, domain)
    yield from _style(domain, text, record)
    size = sum(len(part) + 1 for strings in answer.strings for part in strings)
    if size > _LARGE:
        yield say("spf", "large", domain, size=size)


def _verdict(resolver: Resolver, domain: str, ip: str, text: str) -> Finding:
    verdict = check_host(resolver, ip, domain)
    kind = verdict.result if verdict.result in ("pass", "permerror", "temperror") else "refused"
    said = (text, f"{verdict.result}: {verdict.why}")
    return say("spf", kind, domain, said, of=ip, ip=ip, why=verdict.why, result=verdict.result, term=term_of(ip))


def _heavy(resolver: Resolver, domain: str) -> Iterator[Finding]:
    weight = weigh(resolver, domain)
    if weight.lookups > MOST_LOOKUPS:
        yield say("spf", "lookups", domain, weight.trail, count=weight.lookups)
    elif weight.lookups >= _NEAR:
        yield say("spf", "lookups-near", domain, weight.trail, count=weight.lookups)
    for term in dict.fromkeys(weight.void):
        yield say("spf", "void", domain, of=term, term=term)
    for term, count in dict.fromkeys(weight.crowded):
        yield say("spf", "crowded", domain, of=term, term=term, count=count)
    for term, why in dict.fromkeys(weight.broken):
        yield say("spf", "broken-include", domain, of=term, term=term, why=why)


def _style(domain: str, text: str, record: Record) -> Iterator[Finding]:
    last = record.all
    for one in record.mechanisms:
        prefix = one.network.prefixlen if one.network else None
        if one.result == "pass" and (one.name == "all" or prefix == 0):
            yield say("spf", "everyone", domain, (text,), of=one.text, term=one.text)
        elif one.result == "pass" and one.network and one.network.prefixlen < _WIDE[one.network.version]:
            yield say("spf", "wide", domain, of=one.text, term=one.text)
    if any(one.name == "ptr" for one in record.mechanisms):
        yield say("spf", "ptr", domain, (text,))
    if last is None and not record.redirect:
        yield say("spf", "open", domain, (text,), how="there is no all")
    elif last is not None and last.result == "neutral":
        yield say("spf", "open", domain, (text,), how=last.text)
    if last is not None:
        after = [one.text for one in record.mechanisms[record.mechanisms.index(last) + 1 :]]
        after += [f"redirect={record.redirect}"] if record.redirect else []
        if after:
            yield say("spf", "unreached", domain, (text,), terms=" ".join(after))


def _helo(resolver: Resolver, helo: str, domain: str, addresses: Sequence[str]) -> Iterator[Finding]:
    if helo == domain or not is_host(helo):
        return
    verdicts = [(ip, check_host(resolver, ip, helo)) for ip in addresses]
    for ip, verdict in verdicts:
        if verdict.result == "none":
            yield say("spf", "helo-none", helo, (verdict.why,))
            return
        if verdict.result == "temperror":
            yield say("spf", "temperror", helo, of=ip, ip=ip, why=verdict.why)
        elif verdict.result != "pass":
            yield say("spf", "helo-refused", helo, (verdict.why,), of=ip, ip=ip, result=verdict.result)
