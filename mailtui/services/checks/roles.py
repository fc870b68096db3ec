"""Addresses that every mail domain must have: postmaster (RFC 5321, 4.5.1), and abuse for complaints (RFC 2142)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding, Severity
from mailtui.services.postfix.addresses.model import Resolution
from mailtui.services.postfix.addresses.resolver import Resolver
from mailtui.text import clean

MOST = 20
"""Domains that are looked at."""
_ROLES: tuple[tuple[str, Severity, str], ...] = (
    ("postmaster", "warning", "Every domain must have one (RFC 5321): other servers' operators write to it."),
    ("abuse", "notice", "Complaints about this domain go there (RFC 2142); some block lists ask for it."),
)


def roles(domains: Sequence[str], resolver: Resolver) -> tuple[Finding, ...]:
    """Roles of ``domains`` whose mail reaches nobody. Raises what asking Postfix raises."""
    return tuple(_wrong(domains[:MOST], resolver))


def _wrong(domains: Sequence[str], resolver: Resolver) -> Iterator[Finding]:
    for domain in domains:
        for role, severity, why in _ROLES:
            problem = _problem(resolver.resolve(f"{role}@{domain}"))
            if problem:
                address = clean(f"{role}@{domain}")
                advice = f"{why} Make an alias for it, to somebody who reads it."
                name = f"role.{role}:{clean(domain)}"
                yield Finding(name, severity, "maps", address, "reaches nobody", (problem,), advice)


def _problem(found: Resolution) -> str:
    """Why nobody gets it; ``""`` where somebody does."""
    if not found.accepted:
        return found.reply
    if found.final and all(final.problem for final in found.final):
        return found.final[0].problem
    return found.problem
