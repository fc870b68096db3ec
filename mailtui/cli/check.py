"""``mailtui check``: every finding of every service; for a person, for cron and for monitoring."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli import arguments, check_formats
from mailtui.cli.findings import finding_json, print_findings
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.text import human_duration, local

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.findings import Finding
    from mailtui.services.checks.attention import Attention, Memory
    from mailtui.services.checks.model import Report

EXAMPLES = """\
  mailtui check                          exit 1 for errors and warnings
  mailtui check --only maps --only queue
  mailtui check --changed                for cron: since the last such run
  mailtui check --snooze ID --for 2d     do not tell of it for two days
  mailtui check --acknowledge ID --note 'known, ticket 12'
  mailtui check --nagios                 one line and Nagios' exit codes
  mailtui check --prometheus             for the node exporter's textfiles"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look at, what to show, and what to take note of."""
    parser.add_argument("--only", action="append", default=[], metavar="AREA", help="services, maps, queue, …")
    parser.add_argument("--all", action="store_true", help="acknowledged findings, too")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--changed", action="store_true", help="what is new, changed or gone since the last such run")
    shape.add_argument("--nagios", action="store_true", help="one line; exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN")
    shape.add_argument("--prometheus", action="store_true", help="metrics in Prometheus' text format")
    noting = parser.add_mutually_exclusive_group()
    noting.add_argument("--acknowledge", metavar="ID", help="do not tell of it while it stays what it is")
    noting.add_argument("--snooze", metavar="ID", help="do not tell of it for some time")
    noting.add_argument("--forget", metavar="ID", help="tell of it again")
    parser.add_argument("--for", dest="span", type=arguments.a_span, metavar="T", help="--snooze: how long, such as 2d")
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for whoever looks next")


def run(args: argparse.Namespace, context: Context) -> int:
    """Look at everything, and say it in the shape that was asked for."""
    if args.json and (args.nagios or args.prometheus):
        raise UsageError("--nagios and --prometheus are shapes of their own", unlock="leave out --json, or those")
    attention = context.attention
    _put_back(context)
    if args.forget:
        attention.forget(args.forget)
        return 0
    memory = _memory(attention, context)
    report = context.services.checks.run(args.only)
    if args.acknowledge or args.snooze:
        return _take_note(report, attention, args, context)
    now = time.time()
    shown = [one for one in report.findings if args.all or not _hidden(one, memory, now)]
    if args.nagios:
        return check_formats.nagios(report, shown, context.output)
    if args.prometheus:
        return check_formats.prometheus(report, shown, context.output)
    if args.changed:
        return _changed(report, shown, memory, args, context)
    if not args.json:
        _tell_hidden(len(report.findings) - len(shown), report, context)
    return print_findings(shown, args, context)


def _put_back(context: Context) -> None:
    """What was changed for a time only, and whose time is over."""
    for receipt in context.services.deadlines.honour():
        context.output.note(f"put back, since its time is over: {receipt.plan.title}: {receipt.outcome}")


def _changed(report: Report, shown: list[Finding], memory: Memory, args: argparse.Namespace, context: Context) -> int:
    """What the last such run did not see, and what it saw and is no more."""
    from mailtui.services.checks.attention import gone, news

    fresh = [(one, news(memory, one)) for one in shown]
    fresh = [(one, how) for one, how in fresh if how != "known"]
    lost = gone(memory, report.findings, report.areas)
    try:
        context.attention.look(report.findings, report.areas)
    except MailtuiError as error:
        context.output.problem(f"this look is not remembered: {error.message}", error.unlock)
    if args.json:
        context.output.json([{**finding_json(one), "news": how} for one, how in fresh])
        return 1 if any(one.severity in ("error", "warning") for one, _ in fresh) else 0
    if memory.looked:
        context.output.note(f"since {local(memory.looked)}: {len(fresh)} new or changed, {len(lost)} gone")
    for title in lost:
        context.output.line(context.output.styled("gone    ", "green"), context.output.styled(title))
    return print_findings([one for one, _ in fresh], args, context) if fresh or not lost else 0


def _take_note(report: Report, attention: Attention, args: argparse.Namespace, context: Context) -> int:
    name = args.acknowledge or args.snooze
    found = next((one for one in report.findings if one.id == name), None)
    if found is None:
        raise UsageError(f"there is no finding {name!r} now", unlock="mailtui check --all --json shows their ids")
    if args.snooze and not args.span:
        raise UsageError("--snooze needs --for", unlock="such as --for 2d")
    until = time.time() + args.span if args.snooze else None
    attention.acknowledge(found, until=until, note=args.note)
    when = f"for {human_duration(args.span)}" if args.snooze else "while it stays what it is"
    context.output.note(f"{found.subject}: {found.title}: not told of {when}")
    return 0


def _memory(attention: Attention, context: Context) -> Memory:
    """What is known; a file that cannot be read hides nothing."""
    from mailtui.services.checks.attention import Memory

    try:
        return attention.memory()
    except MailtuiError as error:
        context.output.problem(error.message, error.unlock)
        return Memory({}, {})


def _hidden(finding: Finding, memory: Memory, now: float) -> bool:
    known = memory.known.get(finding.id)
    return known is not None and known.covers(finding, now)


def _tell_hidden(hidden: int, report: Report, context: Context) -> None:
    looked = f"{len(report.checked)} of {len(report.checked) + len(report.unchecked)} checks, {report.seconds:.1f} s"
    context.output.note(f"{looked}; {hidden} acknowledged, --all shows them" if hidden else looked)
