"""``mailtui auth-results``: what SPF, DKIM and DMARC said of a message, and which of it is to be believed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.authresults.model import Reading, ResultsHeader
    from mailtui.services.authresults.reading import Aligned

EXAMPLES = """\
  mailtui auth-results 3Pt2mN2VXxznjll
  mailtui auth-results ~/Maildir/cur/1795248056.M1P2.mx:2,S
  mailtui auth-results - < message.eml
  mailtui auth-results --dns message.eml            with alignment as DMARC has it"""

_QUEUE_ID = re.compile(r"[0-9A-F]{5,}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{8,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+")
_LONGEST = 2**20
_STYLES = {"ours": "green", "forged": "red"}
_ALIGNED = {True: ("aligned", "green"), False: ("not aligned", "red"), None: ("perhaps aligned", "yellow")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The message."""
    parser.add_argument("message", metavar="QUEUE_ID|FILE|-", help="a queued message, a file, or standard input")
    help_text = "another name under which this machine writes results; may be repeated"
    parser.add_argument("--authserv-id", action="append", default=[], metavar="NAME", help=help_text)
    parser.add_argument("--dns", action="store_true", help="ask the DNS whose organisation a domain is")


def run(args: argparse.Namespace, context: Context) -> int:
    """Tell; exit 1 where nothing of this machine vouches for From."""
    from mailtui.services.authresults.service import AuthResults

    services = context.services
    service = AuthResults(services.postfix, services.dovecot, services.queue)
    aligned = _asking() if args.dns else None
    if not _is_file(args.message) and _QUEUE_ID.fullmatch(args.message):
        found = service.of_queue(args.message, args.authserv_id, aligned)
    else:
        found = service.of_bytes(_data(args.message), args.authserv_id, aligned)
    if args.json:
        told = asdict(found)
        context.output.json({"from": told.pop("sender"), **told})
    else:
        for line in _lines(found, context.output):
            context.output.line(line)
    return 0 if any(one.aligned for one in found.alignments) else 1


def _is_file(name: str) -> bool:
    return name == "-" or Path(name).exists()


def _data(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_LONGEST)
    if not Path(name).exists():
        raise UsageError(f"{name!r} is no file and no queue ID")
    with Path(name).open("rb") as file:
        return file.read(_LONGEST)


def _asking() -> Aligned:
    from mailtui.services.dns.dmarc.walk import aligned
    from mailtui.services.dns.resolver import Resolver

    resolver = Resolver()
    return lambda one, other: aligned(resolver, one, other, strict=False)


def _lines(found: Reading, output: Output) -> Iterator[str]:
    yield output.styled(f"From: {found.sender or '?'}", "bold")
    for told in found.told:
        yield from output.wrapped(told, 2, "  ")
    for one in found.alignments:
        word, style = _ALIGNED[one.aligned]
        yield f"  {output.styled(f'{one.method} {word}', style)}: {one.told}"
    for header in found.headers:
        yield ""
        yield from _header(header, output)


def _header(header: ResultsHeader, output: Output) -> Iterator[str]:
    from mailtui.services.authresults.reading import sentence

    yield output.styled(f"{header.name}: {header.authserv_id or '?'}", "bold")
    yield f"  {output.styled(header.why, _STYLES.get(header.trust, 'yellow'))}"
    if header.problem:
        yield f"  {header.problem}"
    for one in header.results:
        values = " ".join(f"{name}={value}" for name, value in one.properties)
        yield f"  {one.method}={one.result} {values}".rstrip()
        yield output.styled(f"    {sentence(one)}", "dim")
