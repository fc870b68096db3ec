"""The records that this machine wants of the DNS for one domain, each beside what is published now."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from mailtui.host.errors import MailtuiError
from mailtui.services.dns.clients import SERVICES
from mailtui.services.dns.dkim.check import name_of as dkim_name
from mailtui.services.dns.dkim.keys import public_key_of, record_of
from mailtui.services.dns.dkim.signers import Signing
from mailtui.services.dns.dmarc.record import is_dmarc
from mailtui.services.dns.dmarc.record import parse as parse_dmarc
from mailtui.services.dns.hosts.mx import exchangers
from mailtui.services.dns.machine import Machine
from mailtui.services.dns.names import is_host, reverse_name
from mailtui.services.dns.policy.caa import authority_of, relevant
from mailtui.services.dns.policy.dane import name_of as tlsa_name
from mailtui.services.dns.policy.mtasts import PATH
from mailtui.services.dns.publishing.model import Wanted, compared
from mailtui.services.dns.publishing.spf import spf_for
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.sender import Sender

_PREFERENCE = 10
_MAX_AGE = 2419200
"""Four weeks, in seconds: how long senders keep the policy."""


def records(resolver: Resolver, machine: Machine, sender: Sender, domain: str) -> tuple[Wanted, ...]:
    """All of them, those without which mail fails before those that make it better."""
    makers: Sequence[Callable[[], Sequence[Wanted]]] = (
        partial(_mx, resolver, sender, domain),
        partial(_addresses, resolver, sender),
        partial(_reverse, resolver, sender),
        partial(_spf, resolver, sender, domain),
        lambda: _dkim(resolver, machine.signers.of(domain)),
        partial(_dmarc, resolver, domain),
        partial(_sts, resolver, sender, domain),
        partial(_tls_reports, resolver, domain),
        lambda: _tlsa(resolver, machine, sender),
        lambda: _caa(resolver, machine, sender),
        lambda: _clients(resolver, machine, sender, domain),
    )
    return tuple(one for made in side_by_side(makers) for one in made)


def _mx(resolver: Resolver, sender: Sender, domain: str) -> Sequence[Wanted]:
    found = exchangers(resolver, domain)
    ours = found.ours(sender) if not found.implicit else ()
    host, preference = (ours[0].host, ours[0].preference) if ours else (sender.hostname.lower(), _PREFERENCE)
    value = f"{preference} {host}."
    return (Wanted(domain, "MX", value, "where mail for the domain goes", *compared(found.answer, value)),)


def _addresses(resolver: Resolver, sender: Sender) -> Sequence[Wanted]:
    host = sender.hostname.lower()
    kinds = [(ip, "AAAA" if ":" in ip else "A") for ip in sender.addresses]
    return [
        Wanted(host, kind, ip, "where this machine is", *compared(resolver.ask(host, kind), ip)) for ip, kind in kinds
    ]


def _reverse(resolver: Resolver, sender: Sender) -> Sequence[Wanted]:
    value = f"{sender.helo.lower()}."
    why = "what this address is called; set by whoever gives you the address"
    names = [reverse_name(ip) for ip in sender.addresses]
    return [Wanted(name, "PTR", value, why, *compared(resolver.ask(name, "PTR"), value)) for name in names]


def _spf(resolver: Resolver, sender: Sender, domain: str) -> Sequence[Wanted]:
    made = [spf_for(resolver, domain, sender)]
    if sender.helo.lower() != domain and is_host(sender.helo):
        helo = sender.helo.lower()
        value, why = "v=spf1 a -all", "who may send in the name it greets with: bounces are checked by that"
        answer = resolver.ask(helo, "TXT")
        state, found = compared(answer, value, among=True)
        spf = tuple(text for text in answer.texts if text.lower().startswith("v=spf1"))
        made.append(Wanted(helo, "TXT", value, why, "differs" if spf and state == "missing" else state, found or spf))
    return made


def _dkim(resolver: Resolver, signings: Sequence[Signing]) -> Sequence[Wanted]:
    made = []
    for signing in signings:
        try:
            value = record_of(public_key_of(signing.key)) if signing.key else ""
        except (MailtuiError, OSError):
            continue
        if value:
            why = f"the key that {signing.source} signs with"
            answer = resolver.ask(dkim_name(signing), "TXT")
            made.append(Wanted(dkim_name(signing), "TXT", value, why, *compared(answer, value)))
    return made


def _dmarc(resolver: Resolver, domain: str) -> Sequence[Wanted]:
    name, why = f"_dmarc.{domain}", "what receivers do with mail that fails, and whom they tell"
    answer = resolver.ask(name, "TXT")
    there = [text for text in answer.texts if is_dmarc(text)]
    if len(there) == 1 and parse_dmarc(there[0]).policy:
        return (Wanted(name, "TXT", there[0], why, "published"),)
    value = f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
    return (Wanted(name, "TXT", value, why, *compared(answer, value)),)


def _sts(resolver: Resolver, sender: Sender, domain: str) -> Sequence[Wanted]:
    name, why = f"_mta-sts.{domain}", "that senders insist on TLS; a new id at each change of the policy"
    answer = resolver.ask(name, "TXT")
    there = [text for text in answer.texts if text.startswith("v=STSv1")]
    found = exchangers(resolver, domain)
    hosts = [one.host for one in found.hosts if not found.implicit] or [sender.hostname.lower()]
    policy = "".join(
        ["version: STSv1\r\nmode: testing\r\n", *(f"mx: {host}\r\n" for host in hosts), f"max_age: {_MAX_AGE}\r\n"]
    )
    value = there[0] if there else f"v=STSv1; id={time.strftime('%Y%m%d%H%M%S', time.gmtime())}"
    file = f"https://mta-sts.{domain}{PATH}\n{policy}"
    state, other = compared(answer, value)
    return (Wanted(name, "TXT", value, why, state, other, "" if there else file),)


def _tls_reports(resolver: Resolver, domain: str) -> Sequence[Wanted]:
    name, value = f"_smtp._tls.{domain}", f"v=TLSRPTv1; rua=mailto:postmaster@{domain}"
    answer = resolver.ask(name, "TXT")
    there = [text for text in answer.texts if text.startswith("v=TLSRPTv1")]
    value = there[0] if there else value
    return (Wanted(name, "TXT", value, "whom senders tell that TLS failed", *compared(answer, value)),)


def _tlsa(resolver: Resolver, machine: Machine, sender: Sender) -> Sequence[Wanted]:
    from mailtui.services.tls.tlsa import of_key

    host = sender.hostname.lower()
    chain = machine.look(host).chain
    if not chain:
        return ()
    name, value = tlsa_name(host), str(of_key(chain[0]))
    why = "the key of the certificate it serves; only where the zone is signed (DNSSEC)"
    return (Wanted(name, "TLSA", value, why, *compared(resolver.ask(name, "TLSA"), value, among=True)),)


def _caa(resolver: Resolver, machine: Machine, sender: Sender) -> Sequence[Wanted]:
    host = sender.hostname.lower()
    authority = authority_of(machine.look(host))
    if not authority:
        return ()
    value = f'0 issue "{authority}"'
    return (Wanted(host, "CAA", value, "who may issue its certificate", *compared(relevant(resolver, host), value)),)


def _clients(resolver: Resolver, machine: Machine, sender: Sender, domain: str) -> Sequence[Wanted]:
    """One for each port on which people log in here."""
    ports = {one.port for one in machine.listeners}
    made = []
    for label, port in SERVICES.items():
        if port in ports:
            name, value = f"{label}.{domain}", f"0 1 {port} {sender.hostname.lower()}."
            answer = resolver.ask(name, "SRV")
            made.append(Wanted(name, "SRV", value, "where mail programs find it", *compared(answer, value, among=True)))
    return made
