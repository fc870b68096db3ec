"""The restriction without which smtpd(8) does not start: one that refuses strangers (``smtpd_relay_restrictions``)."""

from __future__ import annotations

from collections.abc import Iterable

from mailtui.services.postfix.restrictions.model import Order, Rule

REQUIRED = frozenset(
    {
        "reject_unauth_destination",
        "defer_unauth_destination",
        "reject",
        "defer",
        "defer_if_permit",
        "check_relay_domains",
    }
)


def is_safe(order: Order) -> bool:
    """Whether RCPT TO has one of the rules that smtpd(8) wants to see, before any ``permit``."""
    return any(_has_required(order.stage(about).rules) for about in ("relay", "recipient"))


def _has_required(rules: Iterable[Rule]) -> bool:
    for rule in rules:
        if rule.only_warns:
            continue
        if rule.name == "permit":
            return False
        if rule.name in REQUIRED or _has_required(rule.rules):
            return True
    return False
