"""Rules that let strangers pass before anything refuses them: SMTPD_ACCESS_README, "Dangerous use"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mailtui.findings import Finding
from mailtui.services.postfix.restrictions.finding.entries import Permits, permits
from mailtui.services.postfix.restrictions.finding.saying import say
from mailtui.services.postfix.restrictions.model import Order, Rule, Stage

_GUARDS = ("reject_unauth_destination", "defer_unauth_destination", "reject", "defer")
_FORGED = {"check_sender_access": "A sender", "check_helo_access": "A HELO name"}
_SHOWN = 5


def hole_findings(order: Order, entries: Callable[[str], Permits] = permits) -> Iterator[Finding]:
    """Entries with OK where it is dangerous."""
    guarded = [about for about in ("relay", "recipient") if _is_guarded(order.stage(about), entries)]
    for about in ("relay", "recipient"):
        if not guarded:
            yield from _relaying(order, order.stage(about), entries)
    for stage in order.stages:
        yield from _skipping(order, stage, entries)


def _before_guard(stage: Stage) -> list[Rule]:
    """The rules a stranger passes before the one that refuses him; all where there is none."""
    rules = [rule for rule in stage.every() if not rule.implied]
    ends = [number for number, rule in enumerate(rules) if rule.name in _GUARDS and not rule.only_warns]
    return rules[: ends[0]] if ends else []


def _is_guarded(stage: Stage, entries: Callable[[str], Permits]) -> bool:
    has_guard = any(rule.name in _GUARDS and not rule.only_warns for rule in stage.every())
    before = _before_guard(stage)
    return has_guard and not any(_is_hole(rule, entries) for rule in before)


def _is_hole(rule: Rule, entries: Callable[[str], Permits]) -> bool:
    return rule.name == "permit" or (_is_table(rule) and bool(entries(rule.argument).keys))


def _is_table(rule: Rule) -> bool:
    return rule.known is not None and rule.known.argument == "table" and rule.known.may == "both"


def _relaying(order: Order, stage: Stage, entries: Callable[[str], Permits]) -> Iterator[Finding]:
    for rule in _before_guard(stage):
        found = entries(rule.argument) if _is_table(rule) else Permits()
        if not found.keys:
            continue
        evidence = (f"{order.place(stage)}: {rule}", *_some(found.places))
        if rule.name in _FORGED:
            claim = _FORGED[rule.name]
            yield say("ok-relay", order.place(stage), evidence, table=rule.argument, claim=claim, rule=rule.written)
        elif rule.name == "check_recipient_access":
            yield say("ok-recipient", order.place(stage), evidence, table=rule.argument)
        else:
            yield say("ok-trusted", order.place(stage), evidence, table=rule.argument)


def _skipping(order: Order, stage: Stage, entries: Callable[[str], Permits]) -> Iterator[Finding]:
    """OK for a sender or HELO name, with rules behind it that spam then never meets."""
    for number, rule in enumerate(stage.rules):
        behind = [one for one in stage.rules[number + 1 :] if one.known and one.known.may in ("reject", "both")]
        behind = [one for one in behind if not one.implied and one.name not in _GUARDS]
        if rule.name in _FORGED and behind:
            found = entries(rule.argument)
            if found.keys:
                evidence = (
                    f"{order.place(stage)}: {rule}",
                    *_some(found.places),
                    *(f"skipped: {one}" for one in behind),
                )
                yield say(
                    "ok-forged",
                    order.place(stage),
                    evidence,
                    rule=rule.written,
                    parameter=stage.parameter,
                    skipped=len(behind),
                    claim=_FORGED[rule.name],
                )


def _some(places: Sequence[str]) -> tuple[str, ...]:
    more = (f"and {len(places) - _SHOWN} more",) if len(places) > _SHOWN else ()
    return (*islice(places, _SHOWN), *more)
