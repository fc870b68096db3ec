"""What is wrong with the DMARC policy of a domain. RFC 9989; reports to others, RFC 9990, 4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from mailtui.findings import Finding
from mailtui.services.dns.dmarc.record import POLICIES, REMOVED, DmarcRecord, Report, is_dmarc
from mailtui.services.dns.dmarc.walk import Place, Walk, walk
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say, unknown

_MEANT = re.compile(r"\W*v?\W*dmarc", re.IGNORECASE)


def check(resolver: Resolver, domain: str) -> tuple[Finding, ...]:
    """The policy that receivers find for mail from ``domain``."""
    return tuple(_check(resolver, domain))


def _check(resolver: Resolver, domain: str) -> Iterator[Finding]:
    found = walk(resolver, domain)
    here, place = found.places[0], found.policy
    if here.answer.unknown:
        yield unknown("dmarc", here.answer, domain)
        return
    yield from _here(here, domain)
    if len(here.candidates) > 1:
        return
    if place is None or place.record is None:
        if found.unknown:
            yield unknown("dmarc", found.unknown, domain)
        else:
            yield say("dmarc", "none", domain, here.answer.evidence()[:3])
        return
    if place is not here:
        yield from _inherited(resolver, found, place, place.record)
        return
    yield from _record(resolver, found, place.record)


def _here(here: Place, domain: str) -> Iterator[Finding]:
    """Records that were meant to be one, and more than one."""
    damaged = [text for text in here.answer.texts if text not in here.candidates and _MEANT.match(text)]
    if damaged:
        yield say("dmarc", "damaged", domain, damaged)
    if len(here.candidates) > 1:
        yield say("dmarc", "several", domain, here.candidates, count=len(here.candidates))


def _inherited(resolver: Resolver, found: Walk, place: Place, record: DmarcRecord) -> Iterator[Finding]:
    missing = resolver.ask(found.domain, "A").state == "nxdomain"
    policy = record.for_missing if missing else record.for_subdomains
    if policy is None:
        yield say("dmarc", "no-policy", found.domain, (record.text,))
        return
    tag = "np" if missing else "sp"
    yield say("dmarc", "inherited", found.domain, (record.text,), source=place.domain, policy=policy, tag=tag)


def _record(resolver: Resolver, found: Walk, record: DmarcRecord) -> Iterator[Finding]:
    domain, text = found.domain, (record.text,)
    if record.policy is None:
        yield say("dmarc", "no-policy", domain, text)
        return
    for flaw in record.flaws:
        yield say("dmarc", "flaw", domain, text, of=flaw, flaw=flaw)
    if not record.tags.get("p"):
        yield say("dmarc", "p-missing", domain, text)
    elif record.policy == "none":
        yield say("dmarc", "p-none", domain, text)
    else:
        yield say("dmarc", "policy", domain, text, policy=record.policy)
    yield from _weak(domain, record)
    yield from _old(domain, record)
    yield from _reports(resolver, found, record)


def _weak(domain: str, record: DmarcRecord) -> Iterator[Finding]:
    """Subdomains less protected than the domain; a policy that is only tried."""
    policy = record.policy or "none"
    for tag, of_tag in (("sp", record.for_subdomains), ("np", record.for_missing)):
        if tag in record.tags.values and POLICIES.index(of_tag or "none") < POLICIES.index(policy):
            yield say("dmarc", "weaker", domain, (record.text,), of=tag, tag=tag, policy=of_tag, own=policy)
    if record.testing and policy != "none":
        lighter = POLICIES[POLICIES.index(policy) - 1]
        yield say("dmarc", "testing", domain, (record.text,), policy=policy, lighter=lighter)
    if record.psd == "y":
        yield say("dmarc", "suffix", domain, (record.text,))


def _old(domain: str, record: DmarcRecord) -> Iterator[Finding]:
    """What the current RFC took away, and older receivers still follow."""
    pct = record.tags.get("pct")
    if pct.isascii() and pct.isdigit() and int(pct) < 100 and record.policy != "none":
        yield say("dmarc", "partly", domain, (record.text,), pct=pct)
    removed = [tag for tag in REMOVED if tag in record.tags.values]
    if removed:
        yield say("dmarc", "removed", domain, (record.text,), tags=", ".join(f"{tag}=" for tag in removed))
    if any(report.limited for report in record.reports):
        yield say("dmarc", "size", domain, (record.text,))


def _reports(resolver: Resolver, found: Walk, record: DmarcRecord) -> Iterator[Finding]:
    if not any(report.tag == "rua" for report in record.reports):
        yield say("dmarc", "rua-none", found.domain, (record.text,))
    others = {report.host: report for report in record.reports}
    tried = side_by_side([partial(_allowed, resolver, found, report) for report in others.values()])
    for findings in tried:
        yield from findings


def _allowed(resolver: Resolver, found: Walk, report: Report) -> tuple[Finding, ...]:
    """Whether the host that reports go to takes them for this domain; its own reports it always takes."""
    told = walk(resolver, report.host)
    if told.organization == found.organization:
        return ()
    answer = resolver.ask(f"{found.domain}._report._dmarc.{report.host}", "TXT")
    if any(is_dmarc(text) for text in answer.texts):
        return ()
    if answer.unknown:
        return (unknown("dmarc", answer, found.domain),)
    return (
        say(
            "dmarc",
            "unauthorised",
            found.domain,
            answer.evidence(),
            of=report.host,
            address=report.address,
            host=report.host,
            name=answer.name,
            tag=report.tag,
        ),
    )
