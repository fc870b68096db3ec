"""The least version of TLS for users: what is set, and how to set 1.2 (RFC 8996, RFC 9325; postconf(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.tls.audit.model import SET, Door, PostfixSite
from mailtui.services.tls.words import finding

MANDATORY = "smtpd_tls_mandatory_protocols"
_OLD = ("TLSv1", "TLSv1.1")
_BOUNDS = (3, 6)
"""From here on ``>=TLSv1.2`` is understood."""


def version_findings(site: PostfixSite) -> Iterator[Finding]:
    """Old versions as they are set; what ports really take is ``audit/ports.py``."""
    for door in site.doors:
        versions = " and ".join(old_versions(door.values.get(MANDATORY, "")))
        if door.role == "submission" and door.level == "encrypt" and versions:
            fix = mandatory_fix(site, door)
            kind = "audit.old-local" if door.local else "audit.old"
            yield finding(kind, f"{door.service} {MANDATORY}", door.seen(MANDATORY), fix=fix, versions=versions)


def old_versions(protocols: str) -> tuple[str, ...]:
    """Those that a list of protocols lets in: ``>=TLSv1``, ``!SSLv3,!TLSv1``, ``TLSv1.2 TLSv1.3``."""
    listed = [word for word in re.split(r"[,:\s]+", protocols) if word]
    least = next((word.removeprefix(">=") for word in listed if word.startswith(">=")), "")
    named = [word for word in listed if word[0] not in "!<>"]
    return tuple(
        version
        for version in _OLD
        if f"!{version}" not in listed
        and (not named or version in named)
        and (not least or least in ("0", "SSLv3") or (least in _OLD and _OLD.index(least) <= _OLD.index(version)))
    )


def mandatory_fix(site: PostfixSite, door: Door) -> tuple[str, ...]:
    """Sets TLS 1.2 as the least for a service that requires TLS: in main.cf, where that concerns no stranger."""
    strangers = any(one.role == "mx" and one.level == "encrypt" for one in site.doors)
    scope = door.scope if strangers or MANDATORY in door.own else ""
    return (*SET, f"{scope}{MANDATORY}={modern(site)}")


def modern(site: PostfixSite) -> str:
    """TLS 1.2 and later, as this Postfix writes it."""
    return ">=TLSv1.2" if site.version >= _BOUNDS else "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1"
