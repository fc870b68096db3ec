"""Rules about the client: its address, its names, its login, its certificate."""

from __future__ import annotations

from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.restrictions.judging.access import host_keys, look_up, network_keys
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.model import Rule

CLIENT = "Client host"
UNVERIFIED = "Unverified Client host"
_NOT_ALLOWED = "answers OK, which smtpd does not allow here: only DUNNO makes an exception"


def _inet_interfaces(judge: Judge, _rule: Rule) -> Answer:
    return "permit" if judge.machine.is_own(judge.session.client) else "dunno"


def _mynetworks(judge: Judge, _rule: Rule) -> Answer:
    try:
        found = judge.machine.in_list("mynetworks", lambda: judge.peer.name, judge.session.client)
    except TableError as error:
        raise judge.unanswered(judge.name, error) from error
    if found is None:
        return "dunno"
    judge.because(f"mynetworks has {found}")
    return "permit"


def _sasl_authenticated(judge: Judge, _rule: Rule) -> Answer:
    if not judge.session.user or not judge.machine.is_set("smtpd_sasl_auth_enable"):
        return "dunno"
    judge.because(f"logged in as {judge.session.user}")
    return "permit"


def _certificates(judge: Judge, _rule: Rule) -> Answer:
    judge.because("the client is taken for one without a certificate")
    return "dunno"


def _unknown_client(judge: Judge, _rule: Rule) -> Answer:
    return _nameless(judge, judge.peer.fate, "4.7.25", "hostname")


def _unknown_reverse(judge: Judge, _rule: Rule) -> Answer:
    return _nameless(judge, judge.peer.reverse_fate, "4.7.1", "reverse hostname")


def _nameless(judge: Judge, fate: str, status: str, what: str) -> Answer:
    if fate == "found":
        return "dunno"
    code = judge.machine.get("unknown_client_reject_code") if fate == "missing" else "450"
    return judge.reject(code, status, f"Client host rejected: cannot find your {what}, [{judge.session.client}]")


def _client_access(judge: Judge, rule: Rule) -> Answer:
    keys = (*host_keys(judge.peer.name, parents=judge.machine.parents), *network_keys(judge.session.client))
    return look_up(judge, rule, keys, judge.namaddr, CLIENT) or "dunno"


def _reverse_access(judge: Judge, rule: Rule) -> Answer:
    name = judge.peer.reverse_name
    keys = (*host_keys(name, parents=judge.machine.parents), *network_keys(judge.session.client))
    return without_ok(judge, look_up(judge, rule, keys, name, UNVERIFIED))


def _sasl_access(judge: Judge, rule: Rule) -> Answer:
    if not judge.machine.is_set("smtpd_sasl_auth_enable"):
        judge.because("ignored: smtpd_sasl_auth_enable = no")
        return "dunno"
    user = judge.session.user
    return (look_up(judge, rule, (Key(user, whole=True),), user, "SASL login name") if user else None) or "dunno"


def _gone(judge: Judge, rule: Rule) -> Answer:
    raise judge.broken(f"{rule.written} is no longer supported")


def without_ok(judge: Judge, answer: Answer | None) -> Answer:
    """The answer of a rule about names anybody may choose: it cannot let anything pass."""
    if answer == "permit" and not judge.discarded:
        raise judge.broken(_NOT_ALLOWED)
    return answer or "dunno"


HANDLERS: dict[str, Handler] = {
    "permit_inet_interfaces": _inet_interfaces,
    "permit_mynetworks": _mynetworks,
    "permit_sasl_authenticated": _sasl_authenticated,
    "permit_tls_clientcerts": _certificates,
    "permit_tls_all_clientcerts": _certificates,
    "check_ccert_access": _certificates,
    "reject_unknown_client_hostname": _unknown_client,
    "reject_unknown_reverse_client_hostname": _unknown_reverse,
    "check_client_access": _client_access,
    "check_reverse_client_hostname_access": _reverse_access,
    "check_sasl_access": _sasl_access,
    "reject_maps_rbl": _gone,
}
