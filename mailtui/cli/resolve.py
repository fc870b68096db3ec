"""``mailtui resolve``: where mail for an address goes, table by table, and whether it is accepted."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.postfix.addresses.model import Final, Resolution, Step

EXAMPLES = """\
  mailtui resolve info@shop.example
  mailtui resolve --from anna@shop.example friend@b.example
  mailtui resolve --client 192.0.2.7 info@shop.example
  mailtui resolve --json info@shop.example"""

_STAGES = {
    "recipient": "Is it taken? smtpd asks",
    "rewriting": "What is it rewritten to? cleanup asks",
    "routing": "Which way does it go? trivial-rewrite asks",
    "delivery": "Who gets it? The delivery agent asks",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The address, and who sends to it from where."""
    parser.add_argument("address", metavar="ADDRESS", help="as a client writes it, without < and >")
    parser.add_argument("--from", dest="sender", default="", metavar="A", help="the sender; default: the empty one")
    parser.add_argument("--client", default="", metavar="IP", help="the client; its restrictions are judged, too")


def run(args: argparse.Namespace, context: Context) -> int:
    """Follow it; exit 1 when it is refused, or somebody does not get it."""
    from mailtui.services.postfix.addresses.resolver import Resolver

    resolver = Resolver(context.tools, context.postfix, context.dovecot)
    found = resolver.resolve(args.address, args.sender, args.client)
    if args.json:
        context.output.json(resolution_json(found))
    else:
        for line in _lines(found, context.output):
            context.output.line(line)
    return 0 if found.accepted and not found.problem and not any(final.problem for final in found.final) else 1


def resolution_json(found: Resolution) -> dict[str, object]:
    """A resolution by the names of the command line's JSON."""
    return {
        "address": found.address,
        "class": found.address_class,
        "accepted": found.accepted,
        "reply": found.reply,
        "steps": [asdict(step) for step in found.steps],
        "final": [asdict(final) for final in found.final],
        "problem": found.problem,
    }


def _lines(found: Resolution, output: Output) -> Iterator[str]:
    yield output.styled(found.address, "bold") + (f"  {found.address_class} domain" if found.address_class else "")
    yield output.styled(found.reply, "green" if found.accepted else "red")
    stage = ""
    for step in found.steps:
        if step.stage != stage:
            stage = step.stage
            yield ""
            yield output.styled(_STAGES[step.stage], "dim")
        yield from _step(step, output)
    if found.final:
        yield ""
        yield output.styled("Where it ends", "dim")
    for final in found.final:
        yield from _final(final, output)
    if found.problem:
        yield output.styled(found.problem, "red")


def _step(step: Step, output: Output) -> Iterator[str]:
    place = f"  {step.file}:{step.line}" if step.line else f"  {step.file}" if step.file else ""
    if step.result is None:
        yield output.styled(f"  {step.parameter}  {step.key}  no entry in {step.table}", "dim")
    elif place:
        yield f"  {step.parameter}  {step.key} → {step.result}{output.styled(place, 'dim')}"
    else:
        yield f"  {step.parameter}  {step.key} → {step.result}{output.styled(f'  {step.table}', 'dim')}"


def _final(final: Final, output: Output) -> Iterator[str]:
    way = " ".join(filter(None, (final.transport, final.nexthop)))
    yield f"  {final.address}  by {way}" if way else f"  {final.address}"
    if final.mailbox:
        yield f"    {final.mailbox}"
    if final.problem:
        yield f"    {output.styled(final.problem, 'red')}"
