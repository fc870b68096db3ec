"""``mailtui dns``: how the world sees this machine's mail in the DNS, and what to publish."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from mailtui.cli.findings import print_findings
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.dns.publishing.model import Wanted

EXAMPLES = """\
  mailtui dns check example.org        MX, PTR, SPF, DKIM, DMARC, block lists …
  mailtui dns check example.org --ip 192.0.2.7      behind NAT, as others see it
  mailtui dns check example.org --resolver 127.0.0.1:5353
  mailtui dns records example.org      what to publish, beside what is published"""

_VERBS = ("check", "records")
_STYLES = {"published": "green", "missing": "red", "differs": "yellow", "unknown": "cyan"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verb, the domain, and whom to ask."""
    parser.add_argument("verb", choices=_VERBS, help="look at what is published, or say what to publish")
    parser.add_argument("domain", metavar="DOMAIN", help="a domain of this machine's mail")
    parser.add_argument(
        "--resolver", action="append", default=[], metavar="IP[:PORT]", help="ask this name server; may be repeated"
    )
    parser.add_argument(
        "--ip", action="append", default=[], metavar="A", help="the address others see; may be repeated"
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Do it; exit 1 for errors and warnings, or for records that are not as they should be."""
    from mailtui.services.dns.resolver import server_of

    servers = [server_of(text) for text in args.resolver]
    addresses = [_address(text) for text in args.ip]
    deliverability = context.services.deliverability
    if args.verb == "records":
        return _records(deliverability.records(args.domain, servers=servers, addresses=addresses), args, context)
    report = deliverability.check(args.domain, servers=servers, addresses=addresses)
    return print_findings(report.findings, args, context)


def _records(wanted: Sequence[Wanted], args: argparse.Namespace, context: Context) -> int:
    if args.json:
        context.output.json([record_json(one) for one in wanted])
    else:
        for one in wanted:
            for line in _lines(one, context.output):
                context.output.line(line)
    return 1 if any(one.state in ("missing", "differs") for one in wanted) else 0


def record_json(one: Wanted) -> dict[str, object]:
    """A record by the names of the command line's JSON."""
    return {
        "name": one.name,
        "type": one.type,
        "value": one.value,
        "strings": list(one.strings),
        "line": one.line,
        "why": one.why,
        "state": one.state,
        "found": list(one.found),
        "file": one.file,
    }


def _lines(one: Wanted, output: Output) -> Iterator[str]:
    """The record as a line that can be pasted into a zone file; all about it as its comments."""
    yield output.styled(f"; {one.state}: {one.why}", _STYLES[one.state])
    for found in one.found:
        yield output.styled(f";   there is: {found}", "dim")
    yield output.styled(one.line)
    for line in one.file.splitlines():
        yield output.styled(f";   {line}", "dim")
    yield ""


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise UsageError(f"{text!r} is no IP address") from error
