"""``mailtui evidence``: everything known of one failure, as one text for a ticket."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui evidence 3Pt2mN2VXxznjll                  one message, by queue ID
  mailtui evidence '<20261120.abc@shop.example>'    by message-ID
  mailtui evidence info@shop.example -o ticket.txt
  mailtui evidence 3Pt2mN2VXxznjll --names          with people's names"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of what, and where to."""
    parser.add_argument("query", metavar="QUERY", help="a queue ID, a message-ID or an address")
    parser.add_argument("-o", dest="output", type=Path, metavar="OUT", help="a new file, for its owner only")
    parser.add_argument("--names", action="store_true", help="leave people's names in it")


def run(args: argparse.Namespace, context: Context) -> int:
    """Gather it. Raises MailtuiError where no message fits, OSError where a log cannot be read."""
    services = context.services
    stories = services.trace.trace(args.query)
    if not stories:
        for place in context.log_places():
            if isinstance(place, Path):
                place.open("rb").close()
        raise MailtuiError(
            "no message fits in these logs",
            unlock="mailtui incidents lists what failed; --log FILE names an older log",
        )
    text = services.evidence.of(stories, redacted=not args.names)
    if args.json:
        context.output.json({"query": args.query, "redacted": not args.names, "text": text})
    elif args.output is not None:
        from mailtui.host.presence import create

        create(args.output, f"{text}\n".encode(), mode=0o600)
        context.output.note(f"written to {args.output}, readable by its owner")
    else:
        context.output.line(text)
    return 0
