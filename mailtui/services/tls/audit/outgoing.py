"""What to say of how mail goes out (TLS_README, RFC 7672)."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.tables import file_of
from mailtui.services.tls.audit.model import PostfixSite
from mailtui.services.tls.words import finding

_LEVELS = frozenset({"", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"})
_TO_EVERYBODY = frozenset({"encrypt", "fingerprint", "verify", "secure", "dane-only"})


def outgoing_findings(site: PostfixSite) -> Iterator[Finding]:
    """What keeps mail here, or lets it go in clear."""
    level = site.main.get("smtp_tls_security_level", "").lower()
    evidence = (f"smtp_tls_security_level = {level}",)
    if level in ("", "none") and "yes" not in (site.main.get("smtp_use_tls"), site.main.get("smtp_enforce_tls")):
        yield finding("audit.out-none", "smtp_tls_security_level", evidence)
    elif level in _TO_EVERYBODY and not site.main.get("relayhost"):
        yield finding("audit.out-encrypt", "smtp_tls_security_level", evidence)
    elif level not in _LEVELS:
        yield finding("audit.out-bogus", "smtp_tls_security_level", evidence, value=level)
    if level.startswith("dane") and site.main.get("smtp_dns_support_level") != "dnssec":
        yield finding("audit.dane-dns", "smtp_dns_support_level", evidence)
    yield from _starred(site)


def _starred(site: PostfixSite) -> Iterator[Finding]:
    """``* encrypt``, as guides have it: there is no such default (postconf(5), ``smtp_tls_policy_maps``)."""
    for table in site.starred:
        fix = ("mailtui", "map", "unset", file_of(table), "*") if file_of(table) else ()
        yield finding("audit.starred", table, (f"smtp_tls_policy_maps = {table}",), fix=fix)
