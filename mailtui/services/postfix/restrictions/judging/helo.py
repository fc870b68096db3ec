"""Rules about the name a client gives with HELO."""

from __future__ import annotations

from mailtui.services.postfix.restrictions.judging.access import host_keys, look_up
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.names import is_address, is_full, is_hostname, is_mail_address, undotted

HELO = "Helo command"


def _access(judge: Judge, rule: Rule) -> Answer:
    helo = judge.helo
    if not helo:
        return "dunno"
    keys = host_keys(helo, parents=judge.machine.parents)
    return look_up(judge, rule, keys, helo, HELO) or "dunno"


def _invalid(judge: Judge, _rule: Rule) -> Answer:
    helo = judge.helo
    if not helo or helo.startswith("["):
        return _literal(judge)
    name = undotted(helo)
    if is_hostname(name) or is_address(name):
        return "dunno"
    return judge.reject(judge.machine.get("invalid_hostname_reject_code"), "5.5.2", _said(judge, "Invalid name"))


def _non_fqdn(judge: Judge, _rule: Rule) -> Answer:
    helo = judge.helo
    if not helo or helo.startswith("["):
        return _literal(judge)
    if is_full(helo):
        return "dunno"
    code = judge.machine.get("non_fqdn_reject_code")
    return judge.reject(code, "5.5.2", _said(judge, "need fully-qualified hostname"))


def _unknown(judge: Judge, _rule: Rule) -> Answer:
    helo = judge.helo
    if not helo or helo.startswith("["):
        return _literal(judge)
    fate = judge.machine.zone.has(helo, "A", "AAAA", "MX")
    if fate == "found":
        return "dunno"
    text = _said(judge, "Host not found")
    if fate == "missing":
        judge.because(f"{helo} has no A, AAAA or MX record")
        return judge.reject(judge.machine.get("unknown_hostname_reject_code"), "4.7.1", text)
    judge.because(f"the DNS has no answer for {helo}")
    return judge.defer_if_permit(judge.machine.get("unknown_helo_hostname_tempfail_action"), "450", "4.7.1", text)


def _literal(judge: Judge) -> Answer:
    """An address in brackets."""
    helo = judge.helo
    bare = helo[1:-1] if helo.endswith("]") and len(helo) > 2 else helo
    if not helo or is_mail_address(bare):
        return "dunno"
    code = judge.machine.get("invalid_hostname_reject_code")
    return judge.reject(code, "5.5.2", _said(judge, "invalid ip address"))


def _gone(judge: Judge, rule: Rule) -> Answer:
    raise judge.broken(f"{rule.written} is no longer supported")


def _said(judge: Judge, text: str) -> str:
    return f"<{judge.helo}>: {HELO} rejected: {text}"


HANDLERS: dict[str, Handler] = {
    "check_helo_access": _access,
    "reject_invalid_helo_hostname": _invalid,
    "reject_non_fqdn_helo_hostname": _non_fqdn,
    "reject_unknown_helo_hostname": _unknown,
    "permit_naked_ip_address": _gone,
}
