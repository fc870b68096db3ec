"""CAA: who may issue certificates for the mail server's name; whether the authority in use is among them. RFC 8659."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from mailtui.findings import Finding
from mailtui.services.dns.answers import Answer
from mailtui.services.dns.policy.serving import Shown
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown

_RECORD = re.compile(r'(\d+) ([A-Za-z0-9]+) "(.*)"\Z', re.DOTALL)
_NAME = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*\Z")
_KNOWN = ("issue", "issuewild", "issuemail", "iodef", "issuevmc", "contactemail", "contactphone")
_CRITICAL = 128


def check(resolver: Resolver, host: str, shown: Shown | None) -> tuple[Finding, ...]:
    """The records that hold for ``host``; ``shown`` is what it serves now."""
    return tuple(_check(resolver, host, shown))


def relevant(resolver: Resolver, host: str) -> Answer:
    """The first CAA set on the way from ``host`` up (RFC 8659, 3); the answer that stopped the way, else the last."""
    labels = host.rstrip(".").split(".")
    answer = resolver.ask(host, "CAA")
    for first in range(1, len(labels)):
        if not answer.absent:
            break
        answer = resolver.ask(".".join(labels[first:]), "CAA")
    return answer


def _check(resolver: Resolver, host: str, shown: Shown | None) -> Iterator[Finding]:
    answer = relevant(resolver, host)
    if answer.unknown:
        yield (
            say("caa", "lookup", host, answer.evidence())
            if answer.state == "servfail"
            else unknown("caa", answer, host)
        )
        return
    if answer.absent:
        yield say("caa", "none", host)
        return
    records = [(int(m[1]), m[2].lower(), m[3]) for m in map(_RECORD.match, answer.records) if m]
    strange = [("critical" if flags & _CRITICAL else "tag", tag) for flags, tag, _ in records if tag not in _KNOWN]
    for kind, tag in dict.fromkeys(strange):
        yield say("caa", kind, host, answer.evidence(), of=tag, tag=tag)
    allowed = [_issuer(value) for _, tag, value in records if tag == "issue"]
    if allowed:
        yield from _issuers(host, answer, sorted(filter(None, set(allowed))), shown)


def _issuer(value: str) -> str:
    """The authority that a value of ``issue`` names; ``""`` for nobody, which a malformed one means, too (4.2)."""
    name = value.partition(";")[0].strip(" \t").lower()
    return name if _NAME.match(name) else ""


def _issuers(host: str, answer: Answer, allowed: list[str], shown: Shown | None) -> Iterator[Finding]:
    issuer = _issuer_of(shown) if shown else ""
    ours = _names_of(issuer)
    if not allowed and ours:
        yield say("caa", "nobody", host, answer.evidence(), issuer=issuer)
    elif ours and not set(ours) & set(allowed):
        yield say("caa", "other", host, answer.evidence(), issuer=issuer, wanted=ours[0])
    else:
        yield say("caa", "published", host, answer.evidence(), allowed=", ".join(allowed) or "nobody")


def authority_of(shown: Shown) -> str:
    """How the authority of the certificate in use calls itself in CAA; ``""`` where that is not known."""
    return next(iter(_names_of(_issuer_of(shown))), "")


def _names_of(issuer: str) -> list[str]:
    return next((names for words, names in _authorities().items() if words in issuer.lower()), [])


def _issuer_of(shown: Shown) -> str:
    """The authority of the served certificate, as it calls itself."""
    from cryptography.x509.oid import NameOID

    if not shown.chain:
        return ""
    found = shown.chain[0].issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""


@cache
def _authorities() -> dict[str, list[str]]:
    """A part of an authority's name, in lower case, and how it calls itself in CAA."""
    known: dict[str, list[str]] = json.loads(files(__package__).joinpath("authorities.json").read_text("utf-8"))
    return known
