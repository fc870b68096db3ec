"""The menus of the queue's actions: what can be flushed, what can be held from now on, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from mailtui.changes.plan import Plan
from mailtui.screens.queue.port import QueuePlansPort
from mailtui.screens.words import counted
from mailtui.services.postfix.queue.model import QueueEntry

HOUR, DAY = 3600.0, 86400.0
TERMS = (("1 hour", HOUR), ("1 day", DAY), ("1 week", 7 * DAY), ("30 days", 30 * DAY))


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a menu and the plan behind it."""

    label: str
    make: Callable[..., Plan]
    detail: str = ""


def flush_options(
    plans: QueuePlansPort, chosen: Sequence[QueueEntry], current: QueueEntry | None
) -> tuple[Option, ...]:
    """The chosen messages, the site of the one that is looked at, everything."""
    options = []
    if chosen:
        options.append(Option(f"Deliver {counted(len(chosen), 'message')} now", partial(plans.deliver, chosen)))
    domains = dict.fromkeys(_domain(r.address) for r in (current.recipients if current else ()))
    options += [
        Option(f"Flush {domain}", partial(plans.flush, domain), "all deferred mail to this site")
        for domain in domains
        if domain
    ]
    options.append(Option("Flush everything", partial(plans.flush, None), "all deferred mail is tried at once"))
    return tuple(options)


def rule_options(plans: QueuePlansPort, entry: QueueEntry) -> tuple[Option, ...]:
    """What a message offers to hold new mail by."""
    options = []
    if entry.sasl_username:
        options.append(_rule(plans, "sasl_username", entry.sasl_username, "of the user"))
    if entry.sender:
        options.append(_rule(plans, "sender", entry.sender, "from"))
    domains = dict.fromkeys(_domain(recipient.address) for recipient in entry.recipients)
    options += [_rule(plans, "recipient_domain", domain, "to the domain") for domain in domains if domain]
    return tuple(options)


def rule_terms(rule: Option) -> tuple[Option, ...]:
    """For how long."""
    return tuple(replace(rule, label=label, make=partial(rule.make, seconds), detail="") for label, seconds in TERMS)


def _rule(plans: QueuePlansPort, kind: str, value: str, words: str) -> Option:
    return Option(f"{words} {value}", partial(plans.hold_rule, kind, value))


def _domain(address: str) -> str:
    return address.rpartition("@")[2] if "@" in address else ""
