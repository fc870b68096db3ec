"""DANE: TLSA records of the mail servers, set against what this machine really serves. RFC 7672, 7671, 6698.

Who publishes a TLSA record must keep to it: senders that believe DANE defer all mail when it does not match.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.hosts.mx import Exchanger, Exchangers
from mailtui.services.dns.policy.serving import Look, Shown
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.sender import Sender

_PORT = 25
_BEST = (3, 1, 1)


def check(resolver: Resolver, found: Exchangers, sender: Sender, look: Look) -> tuple[Finding, ...]:
    """Each mail server of a domain; what is served is looked at where it is this machine."""
    ours = {one.host for one in found.ours(sender)}
    hosts = {one.host: one for one in found.hosts if one.addresses}
    told = side_by_side(
        [partial(_host, resolver, one, found, look if one.host in ours else None) for one in hosts.values()]
    )
    return tuple(finding for findings in told for finding in findings)


def name_of(host: str) -> str:
    """Where the records of a mail server stand."""
    return f"_{_PORT}._tcp.{host}"


def _host(resolver: Resolver, one: Exchanger, found: Exchangers, look: Look | None) -> tuple[Finding, ...]:
    return tuple(_checked(resolver, one, found, look))


def _checked(resolver: Resolver, one: Exchanger, found: Exchangers, look: Look | None) -> Iterator[Finding]:
    answer = resolver.ask(name_of(one.host), "TLSA")
    signed = found.answer.secure and one.a.secure
    # An alias may lead out of the signed zone: then the records at the first name still count (RFC 7672, 2.2.2).
    followed = found.answer.secure and (one.a.secure or bool(one.a.aliases))
    if answer.state == "servfail":
        yield say("dane", "lookup", one.host, answer.evidence())
    elif answer.unknown:
        yield unknown("dane", answer, one.host)
    elif answer.absent:
        if signed:
            yield say("dane", "none", one.host, answer.evidence())
    elif resolver.local and not (answer.secure and followed):
        yield say("dane", "unsigned", one.host, answer.evidence())
    else:
        yield from _records(one.host, answer, look(one.host) if look else None)
        if not resolver.local:
            yield say("dane", "unproven", one.host, (f"asked: {resolver.servers[0][0]}",))


def _records(host: str, answer: Answer, shown: Shown | None) -> Iterator[Finding]:
    from mailtui.services.tls.tlsa import parse

    records = [parse(text) for text in answer.records]
    usable = [record for record in records if record is not None and record.usable]
    if len(usable) < len(records):
        yield say("dane", "unusable", host, answer.evidence())
    if not usable:
        yield say("dane", "none-usable", host, answer.evidence())
    elif any((one.usage, one.selector, one.matching) != _BEST for one in usable):
        yield say("dane", "style", host, answer.evidence())
    if shown is None:
        yield say("dane", "elsewhere", host, answer.evidence())
        return
    if not shown.served.tls:
        why = shown.served.detail or shown.served.problem
        yield say("dane", "no-tls", host, answer.evidence(), why=why)
        return
    fitting = [record for record in usable if record.matches(shown.chain)]
    yield from _verdict(host, answer, shown, [record.usage for record in fitting], bool(usable))


def _verdict(host: str, answer: Answer, shown: Shown, usages: list[int], usable: bool) -> Iterator[Finding]:
    """Usage 3 asks for nothing but the key; usage 2 for name and dates, too (RFC 7671, 5.1 and 5.2)."""
    from mailtui.services.tls.tlsa import of_key

    serving = (f"served: {of_key(shown.chain[0])}",) if shown.chain else ()
    told = (*answer.evidence(), *serving)
    if 3 in usages or (usages and shown.stands_for_host and shown.in_date):
        yield say("dane", "match", host, told)
    elif usages:
        yield say("dane", "authority", host, told)
    elif usable:
        yield say("dane", "mismatch", host, told)
