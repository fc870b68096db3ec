"""Old versions of TLS that a port really takes; what is set is one thing, what OpenSSL then does another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.services.tls.audit.model import DovecotSite, PostfixSite, is_local
from mailtui.services.tls.audit.versions import mandatory_fix
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.probe import Ask, Served
from mailtui.services.tls.words import finding

OLD = ("TLSv1", "TLSv1.1")
"""RFC 8996; older ones no OpenSSL 3 can speak."""
_PATIENCE = 10.0


def asks(listeners: Sequence[Listener]) -> list[Ask]:
    """The questions, in the order of the ports; each version on a connection of its own."""
    return [one.ask(versions=(version,), timeout=_PATIENCE) for one in listeners for version in OLD]


def port_findings(
    listeners: Sequence[Listener],
    answers: Sequence[Served],
    postfix: PostfixSite | None,
    dovecot: DovecotSite | None,
) -> Iterator[Finding]:
    """What the answers to ``asks`` say."""
    for number, listener in enumerate(listeners):
        taken = [one.version for one in answers[number * len(OLD) : (number + 1) * len(OLD)] if one.tls]
        between_programs = listener.role == "mx" and is_local(listener.address)
        if taken and not between_programs:
            yield _of(listener, " and ".join(taken), postfix, dovecot)


def _of(listener: Listener, versions: str, postfix: PostfixSite | None, dovecot: DovecotSite | None) -> Finding:
    subject = f"{listener.name} {listener.service}"
    if listener.program == "dovecot":
        if dovecot and dovecot.values.get("ssl_min_protocol") in ("TLSv1.2", "TLSv1.3"):
            reload = ("mailtui", "service", "reload", "dovecot")
            return finding("audit.stale-version", subject, fix=reload, versions=versions)
        fix = ("mailtui", "config", "set", "dovecot", "ssl_min_protocol=TLSv1.2")
        return finding(_kind(listener), subject, fix=fix, versions=versions)
    door = next((one for one in postfix.doors if one.service == listener.service), None) if postfix else None
    if listener.role == "mx" or postfix is None or door is None:
        return finding("audit.old-mx", subject, versions=versions)
    return finding(_kind(listener), subject, fix=mandatory_fix(postfix, door), versions=versions)


def _kind(listener: Listener) -> str:
    return "audit.old-local" if is_local(listener.address) else "audit.old"
