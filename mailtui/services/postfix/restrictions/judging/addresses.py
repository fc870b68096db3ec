"""Rules about sender and recipient: access tables, whose domain it is, whether it exists, who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from mailtui.services.postfix.addresses.keys import Key
from mailtui.services.postfix.addresses.lookups import TableError
from mailtui.services.postfix.addresses.routing import Route
from mailtui.services.postfix.addresses.statuses import RECIPIENT, SENDER
from mailtui.services.postfix.restrictions.judging.access import look_up, mail_keys
from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.model import Rule
from mailtui.services.postfix.restrictions.names import is_full
from mailtui.services.postfix.tables import words

_OURS = ("local", "virtual alias", "virtual mailbox")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a message."""

    address: str
    other: str
    kind: str


def sender(judge: Judge) -> End:
    """Who sends it."""
    return End(judge.session.sender, judge.session.recipient if _has_recipient(judge) else "", SENDER)


def recipient(judge: Judge) -> End:
    """Who is to get it; no address before RCPT TO."""
    return End(judge.session.recipient if _has_recipient(judge) else "", judge.session.sender, RECIPIENT)


def route(judge: Judge, end: End) -> Route:
    """Where an end leads."""
    try:
        return judge.machine.route(end.address, end.other)
    except TableError as error:
        raise judge.unanswered(end.address, error) from error


def is_routed(found: Route) -> bool:
    """Whether an address may lead on from its domain: ``user%elsewhere@here``."""
    user = found.address.rpartition("@")[0]
    return any(sign in user for sign in "@!%")


def _has_recipient(judge: Judge) -> bool:
    return judge.stage.at not in ("connect", "HELO", "MAIL FROM")


def _has_sender(judge: Judge) -> bool:
    return judge.stage.at not in ("connect", "HELO")


def _access(judge: Judge, rule: Rule, *, of_sender: bool) -> Answer:
    end = sender(judge) if of_sender else recipient(judge)
    if not (_has_sender(judge) if of_sender else _has_recipient(judge)):
        return "dunno"
    if not end.address:
        if not of_sender:
            return "dunno"
        keys: tuple[Key, ...] = (Key(judge.machine.get("smtpd_null_access_lookup_key"), whole=True),)
        return look_up(judge, rule, keys, "", SENDER) or "dunno"
    found = route(judge, end)
    keys = mail_keys(found.address, judge.machine.get("recipient_delimiter"), parents=judge.machine.parents)
    answer = look_up(judge, rule, keys, end.address, end.kind)
    suspicious = is_routed(found) and not judge.machine.is_set("allow_untrusted_routing")
    if answer == "permit" and not of_sender and suspicious:
        judge.because("the address names another domain in its local part: OK counts for nothing")
        return "dunno"
    return answer or "dunno"


def _non_fqdn(judge: Judge, _rule: Rule, *, of_sender: bool) -> Answer:
    end = sender(judge) if of_sender else recipient(judge)
    if not end.address or (of_sender and not _has_sender(judge)):
        return "dunno"
    domain = end.address.rpartition("@")[2] if "@" in end.address else ""
    if (domain.startswith("[") and domain.endswith("]")) or is_full(domain, utf8=True):
        return "dunno"
    text = f"<{end.address}>: {end.kind} rejected: need fully-qualified address"
    return judge.reject(judge.machine.get("non_fqdn_reject_code"), "4.5.2", text)


def _unknown_domain(judge: Judge, _rule: Rule, *, of_sender: bool) -> Answer:
    end = sender(judge) if of_sender else recipient(judge)
    if not end.address or (of_sender and not _has_sender(judge)):
        return "dunno"
    found = route(judge, end)
    domain = found.address.rpartition("@")[2]
    if found.address_class.name in _OURS or (domain.startswith("[") and domain.endswith("]")):
        return "dunno"
    said = f"<{end.address}>: {end.kind} rejected:"
    fate, hosts = judge.machine.zone.records(domain, "MX")
    if hosts == ("0 .",):
        code, status = ("550", "4.7.27") if of_sender else ("556", "4.1.10")
        return judge.reject(code, status, f"{said} Domain {domain} does not accept mail (nullMX)")
    if fate != "found":
        others = judge.machine.zone.has(domain, "A", "AAAA")
        fate = "unsure" if "unsure" in (fate, others) and others != "found" else others
    if fate == "found":
        return "dunno"
    status = "4.1.8" if of_sender else "4.1.2"
    text = f"{said} Domain not found"
    if fate == "missing":
        judge.because(f"{domain} has no MX, A or AAAA record")
        return judge.reject(judge.machine.get("unknown_address_reject_code"), status, text)
    judge.because(f"the DNS has no answer for {domain}")
    return judge.defer_if_permit(judge.machine.get("unknown_address_tempfail_action"), "450", status, text)


def _unlisted(judge: Judge, _rule: Rule, *, of_sender: bool) -> Answer:
    end = sender(judge) if of_sender else recipient(judge)
    if not end.address or not judge.machine.checks_recipients or (of_sender and not _has_sender(judge)):
        return "dunno"
    if judge.sure_of_sender if of_sender else judge.sure_of_recipient:
        return "dunno"
    if not judge.warns:
        judge.sure_of_sender, judge.sure_of_recipient = (
            judge.sure_of_sender or of_sender,
            judge.sure_of_recipient or not of_sender,
        )
    found = judge.machine.listing.of(end.address, end.other, "Sender" if of_sender else "Recipient")
    judge.because(found.parameter)
    if found.accepted:
        return "dunno"
    code, status, text = found.reply.split(" ", 2)
    return judge.reject(code, status, text)


def _auth_destination(judge: Judge, _rule: Rule) -> Answer:
    end = recipient(judge)
    return "permit" if end.address and is_ours(judge, end) else "dunno"


def _unauth_destination(judge: Judge, rule: Rule) -> Answer:
    end = recipient(judge)
    if not end.address or is_ours(judge, end):
        return "dunno"
    code, status = judge.machine.get("relay_domains_reject_code"), "5.7.1"
    if rule.name.startswith("defer"):
        code, status = str(int(code) - 100), "4.7.1"
    return judge.reject(code, status, f"<{end.address}>: Relay access denied")


def is_ours(judge: Judge, end: End) -> bool:
    """Whether mail for an address ends here, or is relayed for it: ``permit_auth_destination``."""
    found = route(judge, end)
    if is_routed(found) and not judge.machine.is_set("allow_untrusted_routing"):
        judge.because("the address names another domain in its local part")
        return False
    address_class = found.address_class
    judge.because(
        f"{address_class} domain: {address_class.parameter} has {address_class.pattern}"
        if address_class.parameter
        else "no list has this domain"
    )
    return address_class.name in (*_OURS, "relay")


def _logins(judge: Judge, _rule: Rule, *, logged_in: bool, of_strangers: bool, unknown_passes: bool) -> Answer:
    """Whether the sender belongs to the user; ``logged_in`` and ``of_strangers``: which clients are judged."""
    end = sender(judge)
    if not judge.machine.is_set("smtpd_sasl_auth_enable"):
        judge.because("ignored: smtpd_sasl_auth_enable = no")
        return "dunno"
    user = judge.session.user
    if not end.address or not _has_sender(judge) or not (logged_in if user else of_strangers):
        return "dunno"
    try:
        keys = judge.machine.router.keys(route(judge, end).address, judge.machine.own)
        hit = judge.machine.lookups.find("smtpd_sender_login_maps", keys)
    except TableError as error:
        raise judge.unanswered(end.address, error) from error
    said = f"<{end.address}>: Sender address rejected:"
    if not user:
        return judge.reject("553", "5.7.1", f"{said} not logged in") if hit else "dunno"
    if hit is None and unknown_passes:
        return "dunno"
    if hit is not None and user.casefold() in {name.casefold() for name in words(hit.value)}:
        return "dunno"
    return judge.reject("553", "5.7.1", f"{said} not owned by user {user}")


def _left_out(judge: Judge, _rule: Rule) -> Answer:
    return judge.leave_out("not asked: it takes a probe of another server")


def _one_recipient(judge: Judge, _rule: Rule) -> Answer:
    judge.because("the message is taken for one with a single recipient")
    return "dunno"


def _gone(judge: Judge, rule: Rule) -> Answer:
    raise judge.broken(f"{rule.written} is no longer supported")


HANDLERS: dict[str, Handler] = {
    "check_sender_access": partial(_access, of_sender=True),
    "check_recipient_access": partial(_access, of_sender=False),
    "reject_non_fqdn_sender": partial(_non_fqdn, of_sender=True),
    "reject_non_fqdn_recipient": partial(_non_fqdn, of_sender=False),
    "reject_unknown_sender_domain": partial(_unknown_domain, of_sender=True),
    "reject_unknown_recipient_domain": partial(_unknown_domain, of_sender=False),
    "reject_unlisted_sender": partial(_unlisted, of_sender=True),
    "reject_unlisted_recipient": partial(_unlisted, of_sender=False),
    "permit_auth_destination": _auth_destination,
    "reject_unauth_destination": _unauth_destination,
    "defer_unauth_destination": _unauth_destination,
    "reject_sender_login_mismatch": partial(_logins, logged_in=True, of_strangers=True, unknown_passes=False),
    "reject_authenticated_sender_login_mismatch": partial(
        _logins, logged_in=True, of_strangers=False, unknown_passes=False
    ),
    "reject_known_sender_login_mismatch": partial(_logins, logged_in=True, of_strangers=True, unknown_passes=True),
    "reject_unauthenticated_sender_login_mismatch": partial(
        _logins, logged_in=False, of_strangers=True, unknown_passes=False
    ),
    "reject_unverified_sender": _left_out,
    "reject_unverified_recipient": _left_out,
    "permit_mx_backup": _left_out,
    "reject_multi_recipient_bounce": _one_recipient,
    "check_relay_domains": _gone,
    "check_etrn_access": lambda _judge, _rule: "dunno",
}
