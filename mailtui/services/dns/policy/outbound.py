"""Whether this machine can use DANE when it sends: Postfix believes its resolver about DNSSEC, whoever that is.

postconf(5) ``smtp_dns_support_level``, ``smtp_tls_security_level``; TLS_README, "DANE TLS authentication".
"""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.dns.resolver import Resolver
from mailtui.services.dns.said import say, unknown
from mailtui.services.postfix.config import PostfixConfig


def check(resolver: Resolver, postfix: PostfixConfig) -> tuple[Finding, ...]:
    """Nothing where DANE is not asked for; ``resolver`` asks the name servers that Postfix asks."""
    client = next((one for one in postfix.services if (one.name, one.type) == ("smtp", "unix")), None)
    level = postfix.of_service(client).get("smtp_tls_security_level")
    return tuple(_check(resolver, level)) if level in ("dane", "dane-only") else ()


def _check(resolver: Resolver, level: str) -> Iterator[Finding]:
    """The root zone has long been signed: who validates says so of it."""
    subject, setting = ", ".join(host for host, _ in resolver.servers), f"smtp_tls_security_level = {level}"
    answer = resolver.ask(".", "SOA")
    if not resolver.local:
        yield say("dane", "resolver-elsewhere", subject, (setting,))
    elif answer.unknown:
        yield unknown("dane", answer, subject)
    elif answer.secure:
        yield say("dane", "resolver", subject, (setting,))
    else:
        yield say("dane", "resolver-trusting", subject, (setting,), level=level)
