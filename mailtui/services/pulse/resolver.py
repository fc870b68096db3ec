"""Whether this host's resolver answers, asked for the mail domain's own MX record.

A mail server without a working resolver defers everything it sends. That a name does not exist is an answer; no answer,
and an answer that says the resolver itself failed, are two different faults.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.pulse_model import ResolverState

if TYPE_CHECKING:
    from dns.resolver import Resolver

LIFETIME = 3.0
"""Seconds to wait for an answer, over all name servers."""


def resolver_state(postfix: PostfixConfig) -> ResolverState:
    """One question to the resolver of /etc/resolv.conf."""
    try:
        domain = postfix.get("mydomain")
    except MailtuiError:
        domain = ""
    return ask(domain or "localhost", "MX")


def ask(name: str, record: str, resolver: Resolver | None = None) -> ResolverState:
    """Ask for one record; a state of ``ok nxdomain servfail timeout failed``."""
    import dns.exception
    import dns.resolver

    question = f"{name} {record}"
    started = time.monotonic()

    def state(word: str, problem: str = "") -> ResolverState:
        return ResolverState(word, question, time.monotonic() - started, problem)

    try:
        resolver = resolver or dns.resolver.Resolver()
        resolver.resolve(name, record, search=False, lifetime=LIFETIME)
    except dns.resolver.NoAnswer:
        return state("ok", f"{name} has no {record} record")
    except dns.resolver.NXDOMAIN:
        return state("nxdomain", f"{name} does not exist in the DNS")
    except dns.resolver.NoNameservers as error:
        return state("servfail", f"no name server could answer: {error}")
    except dns.exception.Timeout:
        return state("timeout", f"no answer within {LIFETIME:g} s")
    except (dns.exception.DNSException, OSError) as error:
        return state("failed", str(error))
    return state("ok")
