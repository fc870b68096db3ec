"""``mailtui restrictions``: what smtpd lets in: its rules in their order, tried on a client, and on a day's log."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.findings import print_findings
from mailtui.cli.stories import time_json
from mailtui.host.errors import UsageError
from mailtui.services.postfix.restrictions.replaying.model import KINDS, Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.postfix.restrictions.judging.model import Step, Verdict
    from mailtui.services.postfix.restrictions.model import Order, Rule, Stage
    from mailtui.services.postfix.restrictions.replaying.model import Replay

EXAMPLES = """\
  mailtui restrictions                            every smtpd, stage by stage
  mailtui restrictions list submission
  mailtui restrictions simulate --client 192.0.2.7 info@shop.example
  mailtui restrictions simulate --client 192.0.2.7 --service 587 info@b.example
  mailtui restrictions check
  mailtui restrictions replay sender b.example 'REJECT no more, please'
  mailtui restrictions replay client 192.0.2.0/24 REJECT mail.log.1"""

_COLOURS = {"permit": "green", "reject": "red", "dunno": "dim"}


_VERBS = ("list", "simulate", "check", "replay")
_DAY = 86400.0
_SHOWN = 20

_WORDS = "list: SERVICE; simulate: RECIPIENT; replay: client, helo, sender or recipient, KEY, ACTION and logs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, what it is about, and the client that is judged."""
    parser.add_argument("verb", nargs="?", default="list", choices=_VERBS, help="default: list")
    parser.add_argument("words", nargs="*", metavar="WORD", help=_WORDS)
    parser.add_argument("--service", default="", metavar="SERVICE", help="as in master.cf, or its port; default: 25's")
    client = parser.add_argument_group("simulate")
    client.add_argument("--client", default="", metavar="IP", help="the client's address")
    client.add_argument("--from", dest="sender", default="", metavar="A", help="the sender; default: the empty one")
    client.add_argument("--name", metavar="HOST", help="the client's name, or unknown; default: asked of the DNS")
    client.add_argument("--reverse-name", metavar="HOST", help="its name before that was verified")
    client.add_argument("--helo", default="", metavar="HOST", help="default: the address in brackets")
    client.add_argument("--user", default="", metavar="LOGIN", help="whom it has logged in as")
    client.add_argument("--no-tls", action="store_true", help="it does not speak TLS")
    arguments.add_window(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Exit 1 where the client is refused or something is wrong."""
    match args.verb, args.words:
        case "list", []:
            return _list(args.service, args, context)
        case "list", [service]:
            return _list(service, args, context)
        case "simulate", [recipient]:
            return _simulate(recipient, args, context)
        case "replay", [kind, key, action, *files]:
            return _replay(Entry(_kind(kind), key, action), files, args, context)
        case "check", []:
            return print_findings(context.services.restrictions.check(), args, context)
        case verb, _:
            raise UsageError(f"{verb} does not go with so many words", unlock="mailtui restrictions --help")
    raise AssertionError(args.verb)


def _list(service: str, args: argparse.Namespace, context: Context) -> int:
    found = context.services.restrictions.orders(service)
    if args.json:
        context.output.json([order_json(order) for order in found])
        return 0
    for number, order in enumerate(found):
        if number:
            context.output.line()
        for line in _order(order, context.output):
            context.output.line(line)
    return 0


def _simulate(recipient: str, args: argparse.Namespace, context: Context) -> int:
    from mailtui.services.postfix.restrictions.judging.session import Session, usual_helo

    if not _is_address(args.client):
        raise UsageError("simulate wants the IP address of a client", unlock="--client 192.0.2.7")
    tls, helo = False if args.no_tls else None, args.helo or usual_helo(args.client)
    session = Session(args.client, args.name, args.reverse_name, helo, args.sender, recipient, args.user, tls=tls)
    verdict = context.services.restrictions.judge(session, args.service)
    if args.json:
        context.output.json(asdict(verdict))
    else:
        for line in _verdict(verdict, context.output):
            context.output.line(line)
    return 0 if verdict.accepted else 1


def _replay(entry: Entry, files: list[str], args: argparse.Namespace, context: Context) -> int:
    """Exit 1 where it would have met somebody."""
    from mailtui.cli.events import merged_events

    args.files, args.where = [Path(file) for file in files], None
    if not files and not args.since:
        args.since = arguments.a_moment("24h")
    found = context.services.restrictions.replay(entry, merged_events(context), args.service)
    if args.json:
        context.output.json(replay_json(found))
    else:
        for line in _replayed(found, context.output):
            context.output.line(line)
    return 1 if found.met else 0


def _kind(text: str) -> Kind:
    for kind in KINDS:
        if kind == text:
            return kind
    raise UsageError(f"{text!r} is none of {', '.join(KINDS)}")


def _is_address(text: str) -> bool:
    from mailtui.services.postfix.restrictions.names import is_address

    return is_address(text)


def order_json(order: Order) -> dict[str, object]:
    """The rules of a service by the names of the command line's JSON."""
    return {
        "service": order.name,
        "delay_reject": order.delayed,
        "stages": [
            {
                "parameter": stage.parameter,
                "at": stage.at,
                "source": stage.source,
                "rules": [_rule_json(rule) for rule in stage.rules],
            }
            for stage in order.stages
        ],
    }


def replay_json(found: Replay) -> dict[str, object]:
    """A replay by the names of the command line's JSON."""
    return {
        "entry": {**asdict(found.entry), "type": found.entry.type, "effect": found.entry.effect},
        "looked_at": found.looked_at,
        "met": [{**asdict(one), "time": time_json(one.time)} for one in found.met],
        "delivered": len(found.delivered),
        "refused_before": len(found.refused_before),
        "of_users": len(found.of_users),
    }


def _rule_json(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.name,
        "argument": rule.argument,
        "known": rule.known is not None or bool(rule.rules),
        "warn_if_reject": rule.only_warns,
        "implied": rule.implied,
        "rules": [_rule_json(one) for one in rule.rules],
    }


def _order(order: Order, output: Output) -> Iterator[str]:
    yield output.styled(order.name, "bold")
    at = ""
    for stage in order.stages:
        if stage.rules:
            if stage.at != at:
                at = stage.at
                yield output.styled(f"  {at}", "cyan")
            yield from _stage(stage, output)


def _stage(stage: Stage, output: Output) -> Iterator[str]:
    yield output.styled(f"    {stage.parameter}  ({stage.source})", "dim")
    for rule in stage.rules:
        yield from _rule(rule, 6, output)


def _rule(rule: Rule, indent: int, output: Output) -> Iterator[str]:
    says = rule.known.says if rule.known else "a restriction class" if rule.rules else "smtpd knows no such restriction"
    asked = f", as {rule.implied} asks" if rule.implied else ""
    yield f"{'':{indent}}{output.styled(str(rule))}  {output.styled(says + asked, 'dim')}"
    for one in rule.rules:
        yield from _rule(one, indent + 2, output)


def _verdict(verdict: Verdict, output: Output) -> Iterator[str]:
    at = f"  to {verdict.at}" if verdict.at else ""
    yield output.styled(verdict.reply, "bold", "green" if verdict.accepted else "red") + output.styled(at, "dim")
    for effect in verdict.effects:
        yield output.styled(f"and then: {effect}", "yellow")
    for name in verdict.left_out:
        yield output.styled(f"unless {name} says otherwise: it was not asked", "yellow")
    parameter = ""
    for step in verdict.steps:
        if step.parameter != parameter:
            parameter = step.parameter
            yield ""
            yield output.styled(f"{step.parameter}  at {step.at}", "dim")
        yield from _step(step, output)


def _step(step: Step, output: Output) -> Iterator[str]:
    indent = 2 + 2 * step.depth
    yield f"{'':{indent}}{output.styled(f'{step.answer:<6}', _COLOURS[step.answer])}  {output.styled(step.rule)}"
    for line in filter(None, (step.reply, step.why)):
        yield f"{'':{indent + 8}}{output.styled(line, 'dim')}"


def _replayed(found: Replay, output: Output) -> Iterator[str]:
    yield output.styled(found.summary, "bold")
    for one in found.met[-_SHOWN:]:
        colour = "green" if one.delivered else "dim" if one.refused else "yellow"
        user = f"  logged in as {one.user}" if one.user else ""
        when = time_json(one.time) or ""
        ends = output.styled(f"<{one.sender}> → <{one.recipient}>")
        yield f"  {when}  {output.styled(f'{one.status:<9}', colour)} {ends}"
        yield output.styled(f"{'':8}{one.client}{user}  {one.reason}", "dim")
    if len(found.met) > _SHOWN:
        yield output.styled(f"  and {len(found.met) - _SHOWN} before them", "dim")
