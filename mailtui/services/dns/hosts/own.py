"""Whether this machine's names and addresses agree: HELO, PTR, and forward-confirmed reverse DNS for each address.

RFC 5321, 4.1.1.1 and 4.1.3; RFC 1912, 2.1; ``reject_unknown_client_hostname`` of postconf(5) is what others ask of us.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import partial

from mailtui.findings import Finding
from mailtui.services.dns.names import is_host, reverse_name
from mailtui.services.dns.resolver import Resolver, side_by_side
from mailtui.services.dns.said import say, unknown
from mailtui.services.dns.sender import Sender

_GENERIC = re.compile(
    r"(?:^|[.-])(?:dyn(?:amic)?|dial(?:up|in)?|dsl|adsl|cable|pool|ppp|dhcp|customer|client|static|unassigned|broadband)(?:[.\d-]|$)"
)
_NUMBERS = re.compile(r"\d+")


def check(resolver: Resolver, sender: Sender) -> tuple[Finding, ...]:
    """The HELO name and every address."""
    if sender.relayhost:
        return (say("own", "relayed", sender.hostname, (f"relayhost = {sender.relayhost}",), relay=sender.relayhost),)
    reverse = side_by_side([partial(_address, resolver, ip, sender) for ip in sender.addresses])
    told = [*_helo(resolver, sender), *(finding for findings in reverse for finding in findings)]
    if not sender.addresses:
        told.append(say("own", "no-address", sender.hostname))
    return tuple(told)


def is_generic(name: str, ip: str) -> bool:
    """Whether a name is one that a provider gives to all its addresses."""
    name, address = name.lower(), ipaddress.ip_address(ip)
    if _GENERIC.search(name) or address.packed.hex() in name.replace("-", ""):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        return str(address).replace(":", "-") in name
    return set(address.packed) <= {int(number) for number in _NUMBERS.findall(name)}


def _helo(resolver: Resolver, sender: Sender) -> Iterator[Finding]:
    helo = sender.helo
    if not is_host(helo):
        yield say("own", "helo-short", helo, (f"smtp_helo_name = {helo}",))
        return
    answers = resolver.ask_all([(helo, "A"), (helo, "AAAA")])
    known = {ip for answer in answers for ip in answer.records}
    lost = [answer for answer in answers if answer.unknown]
    told = tuple(line for answer in answers for line in answer.evidence())
    if known & set(sender.addresses):
        return
    if lost:
        yield unknown("own", lost[0], helo)
    elif not known:
        yield say("own", "helo-unresolved", helo, told)
    elif sender.addresses:
        yield say("own", "helo-elsewhere", helo, (*told, f"this machine sends from {', '.join(sender.addresses)}"))


def _address(resolver: Resolver, ip: str, sender: Sender) -> tuple[Finding, ...]:
    return tuple(_reverse(resolver, ip, sender))


def _reverse(resolver: Resolver, ip: str, sender: Sender) -> Iterator[Finding]:
    answer = resolver.ask(reverse_name(ip), "PTR")
    if answer.unknown:
        yield unknown("own", answer, ip)
        return
    names = [record.rstrip(".").lower() for record in answer.records]
    if not names:
        yield say("own", "ptr-none", ip, answer.evidence(), helo=sender.helo)
        return
    if len(names) > 1:
        yield say("own", "ptr-several", ip, names, count=len(names))
    forward = resolver.ask_all([(name, "AAAA" if ":" in ip else "A") for name in names])
    confirmed = [name for name, told in zip(names, forward, strict=True) if ip in told.records]
    evidence = (*answer.evidence(), *(line for told in forward for line in told.evidence()))
    if confirmed:
        yield from _confirmed(ip, confirmed, sender, evidence)
    elif lost := [told for told in forward if told.unknown]:
        yield unknown("own", lost[0], ip)
    else:
        yield say("own", "ptr-unconfirmed", ip, evidence, name=names[0])


def _confirmed(ip: str, names: list[str], sender: Sender, evidence: tuple[str, ...]) -> Iterator[Finding]:
    helo = sender.helo.lower()
    yield say("own", "ptr" if helo in names else "ptr-other", ip, evidence, name=names[0], helo=sender.helo)
    if helo not in names and is_generic(names[0], ip):
        yield say("own", "ptr-generic", ip, evidence, name=names[0])
