"""Rules that do harm or nothing where they stand: names, places, order (postconf(5), SMTPD_ACCESS_README)."""

from __future__ import annotations

from collections.abc import Iterator

from mailtui.findings import Finding
from mailtui.services.postfix.restrictions.finding.saying import say
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
from mailtui.services.postfix.restrictions.required import is_safe

_GONE = {
    "reject_maps_rbl": "Use reject_rbl_client with the list's domain.",
    "check_relay_domains": "Use reject_unauth_destination.",
    "permit_naked_ip_address": "Use permit_mynetworks or permit_sasl_authenticated.",
}
_HARM = {
    "reject_unknown_helo_hostname": "unknown-helo",
    "reject_unknown_client_hostname": "unknown-client",
    "reject_unverified_sender": "unverified-sender",
}
_LATER = {"connect": ("helo", "sender", "recipient"), "HELO": ("sender", "recipient"), "MAIL FROM": ("recipient",)}
"""What is not known yet at a moment."""
_ENDS = ("permit", "reject", "defer")
_LOGIN = ("check_sasl_access", "reject_sender_login_mismatch", "reject_known_sender_login_mismatch")
_REMOVED = (3, 9)
_USUAL = "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"


def harm_findings(order: Order, version: str, *, logins: bool) -> Iterator[Finding]:
    """What is wrong with the rules of a service; ``logins``: whether it offers SASL."""
    if not is_safe(order):
        guards = [rule for about in ("relay", "recipient") for rule in order.stage(about).every()]
        warned = next((rule for rule in guards if rule.only_warns and rule.name.endswith("_unauth_destination")), None)
        relay = order.stage("relay")
        fix = (
            ("mailtui", "config", "set", "postfix", f"{order.place(relay)}={_USUAL}")
            if relay.source != "master.cf"
            else ()
        )
        if warned:
            yield say("warns", order.place(relay), (f"{order.name}: {warned}",), fix, rule=warned.written)
        else:
            yield say("fatal", order.place(relay), (order.name,), fix)
    for stage in order.stages:
        yield from _unreached(order, stage)
        for rule in stage.every():
            if not rule.implied:
                yield from _rule(order, stage, rule, version, logins=logins)


def _rule(order: Order, stage: Stage, rule: Rule, version: str, *, logins: bool) -> Iterator[Finding]:
    seen, place = (f"{order.place(stage)}: {rule}",), order.place(stage)
    if rule.known is None:
        if not rule.rules:
            yield say("unknown", place, seen, rule=rule.written or rule.argument)
        return
    if rule.name in _GONE:
        kind = "gone" if _numbers(version) >= _REMOVED else "going"
        yield say(kind, place, seen, rule=rule.written, instead=_GONE[rule.name])
    if rule.name in _HARM and not rule.only_warns:
        yield say(_HARM[rule.name], place, seen, rule=rule.written)
    if rule.name == "reject_unauth_pipelining" and stage.about not in ("data", "end of data"):
        yield say("pipelining", place, seen, parameter=stage.parameter)
    if rule.known.about in _LATER.get(stage.at, ()):
        about = rule.known.about
        yield say("early", place, seen, rule=rule.written, parameter=stage.parameter, about=f"the {about}")
    elif rule.name == "reject_unlisted_sender" and stage.about in ("client", "helo"):
        yield say("unlisted-early", place, seen, parameter=stage.parameter)
    if rule.name in _LOGIN and not logins:
        yield say("no-login", place, seen, rule=rule.written)


def _unreached(order: Order, stage: Stage) -> Iterator[Finding]:
    for number, rule in enumerate(stage.rules):
        behind = [str(one) for one in stage.rules[number + 1 :] if not one.implied]
        if rule.name in _ENDS and not rule.only_warns and behind:
            evidence = (f"{order.place(stage)}: {rule}", *(f"never asked: {one}" for one in behind))
            yield say("unreached", order.place(stage), evidence, rule=rule.written, parameter=stage.parameter)
            return


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
