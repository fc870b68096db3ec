"""The names this machine's certificate is asked for: by mail servers (RFC 5321, 5.1) and by its users' programs.

Users' programs take a name from SRV records (RFC 6186), or try the usual ones; which a user has typed stands nowhere,
so that a usual name counts where it leads to this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailtui.findings import Finding
from mailtui.services.dns.clients import SERVICES
from mailtui.services.dns.names import is_host
from mailtui.services.dns.sender import Sender
from mailtui.services.tls.asker import Asker
from mailtui.services.tls.facts import covers
from mailtui.services.tls.gate import gate_finding
from mailtui.text import clean

_USUAL = ("mail", "imap", "smtp", "pop", "pop3", "mx")
_MOST_DOMAINS = 10


@dataclass(frozen=True, slots=True)
class Needed:
    """A name, and who asks for it. Text is cleaned."""

    name: str
    why: str


def needed_names(sender: Sender, resolver: Asker) -> tuple[Needed, ...]:
    """Each name once: what Postfix calls itself, and what leads here of the machine's own domains.

    What the DNS does not answer is left out.
    """
    found: dict[str, str] = {}
    if is_host(sender.hostname):
        found[sender.hostname.lower()] = "Postfix calls itself so"
    told = list(_told(resolver, sender.domains[:_MOST_DOMAINS]))
    hosts = list(dict.fromkeys(name for name, _ in told))
    ours = {host for host in hosts if host in found} | _leading_to(resolver, hosts, sender)
    for name, why in told:
        if name in ours:
            found.setdefault(name, why)
    return tuple(Needed(clean(name), clean(why)) for name, why in found.items())


def missing(needed: Sequence[Needed], names: Sequence[str]) -> tuple[Needed, ...]:
    """Those that a certificate for ``names`` does not stand for."""
    return tuple(one for one in needed if not covers(one.name, names))


def needed_findings(needed: Sequence[Needed], names: Sequence[str]) -> tuple[Finding, ...]:
    """The same as findings, each about the name it is."""
    return tuple(gate_finding("needed", lack.name, why=lack.why) for lack in missing(needed, names))


def _told(resolver: Asker, domains: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names that may be asked for, and by whom."""
    for answer in resolver.ask_all([(domain, "MX") for domain in domains]):
        for record in answer.records:
            yield _host(record), f"servers with mail for {answer.name} come to it"
    questions = [(f"{label}.{domain}", "SRV") for domain in domains for label in SERVICES]
    for answer in resolver.ask_all(questions):
        for record in answer.records:
            yield _host(record), f"an SRV record sends users' programs to it: {answer.name}"
    for domain in domains:
        yield from (
            (f"{label}.{domain}", f"it leads here, and programs of {domain}'s users try it") for label in _USUAL
        )


def _host(record: str) -> str:
    """The target of an MX or SRV record, its last field."""
    return record.split()[-1].rstrip(".").lower()


def _leading_to(resolver: Asker, hosts: Sequence[str], sender: Sender) -> set[str]:
    """The hosts with an address of this machine."""
    questions = [(host, record) for host in hosts for record in ("A", "AAAA") if host]
    own = set(sender.addresses)
    return {answer.name.lower() for answer in resolver.ask_all(questions) if own & set(answer.records)}
