"""Rules that look up the servers behind a name: ``check_sender_mx_access`` and its like (postconf(5))."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mailtui.services.postfix.addresses.statuses import RECIPIENT, SENDER
from mailtui.services.postfix.restrictions.judging.access import host_keys, look_up, network_keys
from mailtui.services.postfix.restrictions.judging.addresses import recipient, sender
from mailtui.services.postfix.restrictions.judging.client import CLIENT, UNVERIFIED, without_ok
from mailtui.services.postfix.restrictions.judging.helo import HELO
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.names import is_address, is_mail_address

_MOST = 100
"""Addresses that are looked up (``dns_rr_list_limit``)."""


def _check(
    judge: Judge, rule: Rule, *, record: str, what: Callable[[Judge], str], named: Callable[[Judge], str], kind: str
) -> Answer:
    subject = what(judge)
    if not subject or subject.lower() == UNKNOWN:
        return "dunno"
    domain = subject.rpartition("@")[2] if "@" in subject else subject
    if domain.startswith("["):
        bare = domain[1:-1]
        if record == "NS" or not domain.endswith("]") or not is_mail_address(bare):
            return "dunno"
        address = bare[5:] if bare[:5].lower() == "ipv6:" else bare
        return without_ok(judge, look_up(judge, rule, network_keys(address), named(judge), kind))
    for server in _servers(judge, domain, record):
        found = _server(judge, rule, server, named(judge), kind, with_name=record != "A")
        if found is not None:
            return without_ok(judge, found)
    return "dunno"


def _server(judge: Judge, rule: Rule, server: str, name: str, kind: str, *, with_name: bool) -> Answer | None:
    """What the table says of one server: its name, then its addresses."""
    if is_address(server):
        return look_up(judge, rule, network_keys(server), name, kind)
    if with_name:
        found = look_up(judge, rule, host_keys(server, parents=judge.machine.parents), name, kind)
        if found is not None:
            return found
    for address in sorted(judge.machine.zone.addresses(server))[:_MOST]:
        found = look_up(judge, rule, network_keys(address), name, kind)
        if found is not None:
            return found
    return None


def _servers(judge: Judge, domain: str, record: str) -> tuple[str, ...]:
    """The names of a domain's servers; the domain itself where it has no MX record.

    smtpd(8) takes them as the reply has them, which name servers turn at each; here the best preference comes first.
    """
    if record == "A":
        return (domain,)
    zone = judge.machine.zone
    fate, records = zone.records(domain, record)
    while record == "NS" and fate == "missing" and "." in domain:
        domain = domain.partition(".")[2]
        fate, records = zone.records(domain, record)
    if fate == "unsure":
        judge.because(f"the DNS has no answer for the {record} records of {domain}")
        return ()
    if fate == "missing":
        return (domain,) if record == "MX" else ()
    if records == ("0 .",):
        return ()
    ordered = sorted(records, key=_preference) if record == "MX" else records
    return tuple(one.split()[-1].rstrip(".") for one in ordered)


def _preference(record: str) -> int:
    first = record.split()[0]
    return int(first) if first.isdigit() else 0


def _about_client(judge: Judge) -> str:
    return judge.peer.name


def _about_reverse(judge: Judge) -> str:
    return judge.peer.reverse_name


def _handlers() -> dict[str, Handler]:
    subjects: dict[str, tuple[Callable[[Judge], str], Callable[[Judge], str], str]] = {
        "client": (_about_client, lambda judge: judge.namaddr, CLIENT),
        "reverse_client_hostname": (_about_reverse, _about_reverse, UNVERIFIED),
        "helo": (lambda judge: judge.helo, lambda judge: judge.helo, HELO),
        "sender": (lambda judge: sender(judge).address, lambda judge: sender(judge).address, SENDER),
        "recipient": (lambda judge: recipient(judge).address, lambda judge: recipient(judge).address, RECIPIENT),
    }
    return {
        f"check_{subject}_{record.lower()}_access": partial(_check, record=record, what=what, named=named, kind=kind)
        for subject, (what, named, kind) in subjects.items()
        for record in ("A", "MX", "NS")
    }


HANDLERS: dict[str, Handler] = _handlers()
