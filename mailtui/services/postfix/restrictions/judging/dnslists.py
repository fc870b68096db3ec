"""Rules that ask a DNS list: ``reject_rbl_client`` and its like, ``permit_dnswl_client``, ``default_rbl_reply``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from ipaddress import ip_address

from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.addresses.statuses import RECIPIENT, SENDER, fitting
from mailtui.services.postfix.restrictions.judging import replies
from mailtui.services.postfix.restrictions.judging.addresses import is_ours, recipient
from mailtui.services.postfix.restrictions.judging.client import CLIENT, UNVERIFIED
from mailtui.services.postfix.restrictions.judging.helo import HELO
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.judging.session import UNKNOWN
from mailtui.services.postfix.restrictions.judging.zone import Fate
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.names import is_hostname

_MACRO = re.compile(r"\$(?:(\w+)|\{(\w+)(?:([?:])([^{}]*))?\}|\((\w+)\))")
_RANGES = re.compile(r"\[([^\]]*)\]|(\d+)")


def reversed_address(address: str) -> str:
    """An IP address as it is asked for in a DNS list."""
    return ip_address(address).reverse_pointer.rpartition(".in-addr.arpa" if "." in address else ".ip6.arpa")[0]


def answer_matches(pattern: str, address: str) -> bool:
    """Whether an answer is one of ``127.0.0.[2..4;9]``; each is without a pattern."""
    if not pattern:
        return True
    fields = [found[0] or found[1] for found in _RANGES.findall(pattern)]
    numbers = address.split(".")
    return len(fields) == len(numbers) and all(map(_in_ranges, fields, map(int, numbers)))


def _in_ranges(field: str, number: int) -> bool:
    for part in field.split(";"):
        low, _, high = part.partition("..")
        if low.isdigit() and int(low) <= number <= int(high if high.isdigit() else low):
            return True
    return False


def _listed(judge: Judge, rule: Rule, what: str) -> Fate:
    """Whether a list has it, in the way that the rule wants."""
    domain, _, pattern = rule.argument.partition("=")
    fate, records = judge.machine.zone.records(f"{what}.{domain}", "A")
    judge.because(f"{what}.{domain}: {', '.join(records) or ('no answer' if fate == 'unsure' else 'not listed')}")
    if fate == "found" and not any(answer_matches(pattern, record) for record in records):
        return "missing"
    return fate


def _domain_key(name: str) -> str:
    """What a list is asked for a name; ``""`` where it is not asked at all."""
    domain = name.rpartition("@")[2] if "@" in name else name
    if domain.startswith("[") or domain.rpartition(".")[2].isdigit():
        return ""
    domain = domain if domain.isascii() else domain.encode("idna").decode() if _has_idna(domain) else ""
    return domain if is_hostname(domain) else ""


def _has_idna(domain: str) -> bool:
    try:
        return bool(domain.encode("idna"))
    except UnicodeError:
        return False


def _reject(judge: Judge, rule: Rule, what: Callable[[Judge], str], kind: str) -> Answer:
    if not rule.argument:
        judge.because("no list is named")
        return "dunno"
    subject = what(judge)
    key = _client_key(subject) if rule.name == "reject_rbl_client" else _domain_key(subject)
    if not subject or not key or _listed(judge, rule, key) != "found":
        return "dunno"
    return _refusal(judge, rule, key, subject, kind)


def _permit(judge: Judge, rule: Rule, what: Callable[[Judge], str]) -> Answer:
    end = recipient(judge)
    if judge.stage.at == "RCPT TO" and end.address and not is_ours(judge, end):
        judge.because("not asked: the recipient is none of ours")
        return "dunno"
    subject = what(judge)
    key = _client_key(subject) if rule.name == "permit_dnswl_client" else _domain_key(subject)
    if not rule.argument or not subject or not key:
        return "dunno"
    fate = _listed(judge, rule, key)
    if fate == "unsure":
        return judge.defer_if_reject("450", "4.7.1", f"<{subject}>: {CLIENT} rejected: Service unavailable")
    return "permit" if fate == "found" else "dunno"


def _refusal(judge: Judge, rule: Rule, key: str, what: str, kind: str) -> Answer:
    """The reply of ``rbl_reply_maps`` or ``default_rbl_reply``."""
    domain = rule.argument.partition("=")[0]
    template = judge.machine.get("default_rbl_reply")
    try:
        for table in judge.machine.lookups.tables("rbl_reply_maps"):
            for name in (rule.argument, domain):
                template = judge.machine.lookups.ask(table, name, "rbl_reply_maps") or template
    except TableError as error:
        raise judge.broken(error.message) from error
    reason = judge.machine.zone.text(f"{key}.{domain}", whole=judge.machine.tells_whole_texts)
    values = {
        "rbl_code": judge.machine.get("maps_rbl_reject_code"),
        "rbl_domain": domain,
        "rbl_reason": reason,
        "rbl_txt": reason,
        "rbl_what": what,
        "rbl_class": kind,
        "client": judge.namaddr,
        "client_address": judge.session.client,
        "client_name": judge.peer.name,
        "reverse_client_name": judge.peer.reverse_name,
        "helo_name": judge.helo,
        "sender": judge.session.sender or "<>",
        "recipient": judge.session.recipient,
        "server_name": judge.machine.get("myhostname"),
    }
    code, _, text = _MACRO.sub(lambda found: _expanded(found, values), template).partition(" ")
    status, text = replies.split_status(text, "4.7.1")
    return judge.reject(code, fitting(status, kind), text or "Service unavailable")


def _expanded(found: re.Match[str], values: dict[str, str]) -> str:
    value = values.get(found[1] or found[2] or found[5], "")
    if found[3] == "?":
        return _MACRO.sub(lambda inner: _expanded(inner, values), found[4]) if value else ""
    return found[4] if found[3] == ":" and not value else value


def _client_key(address: str) -> str:
    return reversed_address(address)


def _address(judge: Judge) -> str:
    return judge.session.client


def _name(judge: Judge) -> str:
    return "" if judge.peer.name == UNKNOWN else judge.peer.name


def _reverse_name(judge: Judge) -> str:
    return "" if judge.peer.reverse_name == UNKNOWN else judge.peer.reverse_name


def _helo(judge: Judge) -> str:
    return judge.helo


def _sender(judge: Judge) -> str:
    return "" if judge.stage.at in ("connect", "HELO") else judge.session.sender


def _recipient(judge: Judge) -> str:
    return recipient(judge).address


HANDLERS: dict[str, Handler] = {
    "reject_rbl_client": partial(_reject, what=_address, kind=CLIENT),
    "reject_rhsbl_client": partial(_reject, what=_name, kind=CLIENT),
    "reject_rhsbl_reverse_client": partial(_reject, what=_reverse_name, kind=UNVERIFIED),
    "reject_rhsbl_helo": partial(_reject, what=_helo, kind=HELO),
    "reject_rhsbl_sender": partial(_reject, what=_sender, kind=SENDER),
    "reject_rhsbl_recipient": partial(_reject, what=_recipient, kind=RECIPIENT),
    "permit_dnswl_client": partial(_permit, what=_address),
    "permit_rhswl_client": partial(_permit, what=_name),
}
