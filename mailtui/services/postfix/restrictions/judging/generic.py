"""Rules that look at nothing in particular: postconf(5), "generic restrictions"."""

from __future__ import annotations

from mailtui.services.postfix.restrictions.judging.judge import Handler, Judge
from mailtui.services.postfix.restrictions.judging.model import Answer
from mailtui.services.postfix.restrictions.model import Rule


def _permit(_judge: Judge, _rule: Rule) -> Answer:
    return "permit"


def _reject(judge: Judge, _rule: Rule) -> Answer:
    return judge.reject(judge.machine.get("reject_code"), "5.7.1", f"{_said(judge)} Access denied")


def _defer(judge: Judge, _rule: Rule) -> Answer:
    return judge.reject(judge.machine.get("defer_code"), "4.3.2", f"{_said(judge)} Try again later")


def _defer_if_permit(judge: Judge, rule: Rule) -> Answer:
    return judge.defer_if_permit(rule.name, "450", "4.7.0", f"{_said(judge)} defer_if_permit requested")


def _defer_if_reject(judge: Judge, _rule: Rule) -> Answer:
    return judge.defer_if_reject("450", "4.7.0", f"{_said(judge)} defer_if_reject requested")


def _sleep(judge: Judge, rule: Rule) -> Answer:
    if not (rule.argument.isascii() and rule.argument.isdigit()):
        raise judge.broken("sleep wants a number of seconds")
    judge.because(f"waits {rule.argument} s")
    return "dunno"


def _pipelining(judge: Judge, _rule: Rule) -> Answer:
    judge.because("the client is taken for one that waits for answers")
    return "dunno"


def _policy(judge: Judge, rule: Rule) -> Answer:
    if ":" not in rule.argument:
        raise judge.broken("check_policy_service wants a server, like unix:private/policy")
    return judge.leave_out("the policy server was not asked: it may answer anything, and may remember the question")


def _plaintext(judge: Judge, _rule: Rule) -> Answer:
    if judge.session.tls:
        return "dunno"
    return judge.reject(judge.machine.get("plaintext_reject_code"), "4.7.1", "Session encryption is required")


def _said(judge: Judge) -> str:
    return f"<{judge.name}>: {judge.kind} rejected:"


HANDLERS: dict[str, Handler] = {
    "permit": _permit,
    "reject": _reject,
    "defer": _defer,
    "defer_if_permit": _defer_if_permit,
    "defer_if_reject": _defer_if_reject,
    "sleep": _sleep,
    "reject_unauth_pipelining": _pipelining,
    "check_policy_service": _policy,
    "reject_plaintext_session": _plaintext,
}
