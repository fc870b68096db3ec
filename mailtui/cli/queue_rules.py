"""``mailtui queue hold-rule``, ``hold-rules``, ``lift``, ``compromised``: mail to come, and an account to stop."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.cli.queue_chosen import plans_of, queue_of
from mailtui.cli.stories import time_json
from mailtui.filters.values import duration
from mailtui.host.errors import UsageError
from mailtui.text import clean, human_duration

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.postfix.queue.access import Rule


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the plan and carry it out, or list the rules; exit 1 while rules are heeded whose time is over."""
    if args.where:
        raise UsageError(f"queue {args.verb} takes no --where")
    plans = plans_of(context)
    match args.verb, args.words:
        case "hold-rule", [kind, value]:
            return carry_out(plans.hold_rule(kind.replace("-", "_"), value, _seconds(args.term)), args, context)
        case "hold-rules", []:
            return _list(plans.rules.all(), args, context)
        case "lift", []:
            return carry_out(plans.rules.lift(plans.rules.over()), args, context)
        case "lift", values:
            wanted = {value.lower() for value in values}
            rules = [rule for rule in plans.rules.all() if rule.key in wanted]
            return carry_out(plans.rules.lift(rules), args, context)
        case "compromised", [user]:
            return carry_out(plans.compromised(user, queue_of(context).read().entries), args, context)
    raise UsageError(f"queue {args.verb} was given {len(args.words)} words", unlock="mailtui queue --help")


def _seconds(term: str) -> float:
    seconds = duration(term)
    if not seconds:
        raise UsageError(f"--for {clean(term)!r} is no time", unlock="such as 12h, 7d, 4w")
    return seconds


def _list(rules: tuple[Rule, ...], args: argparse.Namespace, context: Context) -> int:
    now = time.time()
    if args.json:
        context.output.json([_rule_json(rule, now) for rule in rules])
    for rule in rules if not args.json else ():
        term = "until it is lifted" if rule.until is None else f"for {human_duration(rule.until - now)}"
        if rule.over(now):
            term = context.output.styled("over, but Postfix still heeds it: mailtui queue lift", "yellow")
        context.output.line(f"{rule.verdict:<7} {rule.kind:<17} {clean(rule.key)}  {term}")
    return 1 if any(rule.over(now) for rule in rules) else 0


def _rule_json(rule: Rule, now: float) -> dict[str, object]:
    return {
        "kind": rule.kind,
        "key": rule.key,
        "action": rule.verdict,
        "until": time_json(rule.until),
        "over": rule.over(now),
    }
