"""``mailtui debug``: let Postfix or Dovecot say more, and stop in time."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.changing import add_change_arguments, carry_out, confirm
from mailtui.host.errors import UsageError
from mailtui.text import human_duration, iso

if TYPE_CHECKING:
    from mailtui.changes.history import Change
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui debug                           what can be switched on, and what is
  mailtui debug on dovecot-auth --for 10m
  mailtui debug on postfix-peer --peer mx.example.net
  mailtui debug off                       all of it, now"""

_TERM = 1800.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, the switch, its peer and its time."""
    parser.add_argument("verb", nargs="?", default="list", choices=("list", "on", "off"), help="default: list")
    parser.add_argument("switch", nargs="?", metavar="SWITCH", help="on: its name")
    parser.add_argument("--peer", default="", help="postfix-peer: host name, domain, address or network")
    help_text = "how long, at most 24h; default: 30m"
    parser.add_argument("--for", dest="span", type=arguments.a_span, default=_TERM, metavar="T", help=help_text)
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it."""
    services = context.services
    if args.verb == "on":
        if not args.switch:
            raise UsageError("debug on needs a switch", unlock="mailtui debug lists them")
        return carry_out(services.debug_plans.on(args.switch, args.span, args.peer), args, context)
    standing = services.deadlines.standing()
    if args.verb == "off":
        if not standing:
            raise UsageError("nothing was switched on by mailtui", unlock="mailtui debug lists what could be")
        return max(_off(change, args, context) for change in standing)
    return _list(standing, args, context)


def _off(change: Change, args: argparse.Namespace, context: Context) -> int:
    plan = context.changes.undo_plan(change.id)
    deadlines = context.services.deadlines
    return confirm(plan, args, context, lambda _progress, _stop: deadlines.put_back(change)[-1])


def _list(standing: tuple[Change, ...], args: argparse.Namespace, context: Context) -> int:
    output = context.output
    switches = context.services.debug_plans.all()
    if args.json:
        on = [{"change": one.id, "title": one.plan.title, "until": iso(one.plan.until or 0.0)} for one in standing]
        can = [{"name": one.name, "title": one.title, "warning": one.warning} for one in switches]
        output.json({"on": on, "switches": can})
        return 0
    for one in switches:
        output.line(output.styled(one.name, "bold"), f"  {one.title}")
        output.line(output.styled(f"    {one.warning}", "dim"))
    for change in standing:
        left = (change.plan.until or 0.0) - time.time()
        when = f"{human_duration(left)} left" if left > 0 else "its time is over"
        output.line(output.styled(f"on: {change.plan.title} ({change.id}): {when}", "yellow"))
    return 0
