"""TLS reporting: where senders report that TLS to this domain failed. RFC 8460, 3."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.tags import read_tags
from mailtui.text import clean

_MAILTO = re.compile(r"mailto:[^@\s,;!]+@[^@\s,;!]+\Z", re.IGNORECASE)
_HTTPS = re.compile(r"https://[^\s,;!/]+(?:/[^\s,;!]*)?\Z", re.IGNORECASE)


def check(resolver: Resolver, domain: str, *, needed: bool) -> tuple[Finding, ...]:
    """The record; ``needed`` where MTA-STS or DANE is published, whose failures nobody would hear of."""
    return tuple(_check(resolver, domain, needed))


def _check(resolver: Resolver, domain: str, needed: bool) -> Iterator[Finding]:
    answer = resolver.ask(f"_smtp._tls.{domain}", "TXT")
    if answer.unknown:
        yield unknown("tlsrpt", answer, domain)
        return
    texts = [text for text in answer.texts if re.match(r"v=TLSRPTv1[ \t]*;", text)]
    if not texts:
        damaged = [text for text in answer.texts if "tlsrpt" in text.lower().replace("-", "")]
        kind = "damaged" if damaged else "needed" if needed else "none"
        yield say("tlsrpt", kind, domain, damaged)
        return
    if len(texts) > 1:
        yield say("tlsrpt", "several", domain, texts, count=len(texts))
        return
    uris = [part.strip() for part in read_tags(texts[0]).get("rua").split(",")]
    wrong = [uri for uri in uris if not _MAILTO.match(uri) and not _HTTPS.match(uri)]
    for uri in dict.fromkeys(wrong):
        yield say("tlsrpt", "address", domain, texts, of=uri, uri=clean(uri) or "nothing")
    if not wrong:
        yield say("tlsrpt", "published", domain, texts)
