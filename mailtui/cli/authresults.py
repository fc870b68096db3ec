"""``mailtui auth-results``: what SPF, DKIM and DMARC said of a message, and which of it is to be believed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from mailtui.cli.probes import print_told

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.authresults.reading import Aligned

EXAMPLES = """\
  mailtui auth-results 3Pt2mN2VXxznjll
  mailtui auth-results ~/Maildir/cur/1795248056.M1P2.mx:2,S
  mailtui auth-results --user anna@shop.example --mailbox Junk 17
  mailtui auth-results -                      a message on standard input
  mailtui auth-results --dns message.eml      alignment as DMARC has it"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The message."""
    parser.add_argument("message", metavar="QUEUE_ID|FILE|UID|-", help="a message: queued, in a file, in a mailbox")
    parser.add_argument("--user", default="", help="the message is a UID in a mailbox of this user")
    parser.add_argument("--mailbox", default="INBOX", help="which mailbox; default: INBOX")
    help_text = "another name under which this machine writes results; may be repeated"
    parser.add_argument("--authserv-id", action="append", default=[], metavar="NAME", help=help_text)
    parser.add_argument("--dns", action="store_true", help="ask the DNS whose organisation a domain is")


def run(args: argparse.Namespace, context: Context) -> int:
    """Tell; exit 1 where nothing of this machine vouches for From."""
    from mailtui.services.authresults.service import LONGEST
    from mailtui.services.authresults.telling import reading_lines

    service = context.services.auth_results
    aligned = _asking() if args.dns else None
    if args.user:
        found = service.of_mailbox(args.user, args.mailbox, args.message, args.authserv_id, aligned)
    elif args.message == "-":
        found = service.of_bytes(sys.stdin.buffer.read(LONGEST), args.authserv_id, aligned)
    else:
        found = service.of(args.message, args.authserv_id, aligned)
    if args.json:
        told = asdict(found)
        context.output.json({"from": told.pop("sender"), **told})
    else:
        print_told(reading_lines(found), context.output)
    return 0 if any(one.aligned for one in found.alignments) else 1


def _asking() -> Aligned:
    from mailtui.services.dns.dmarc.walk import aligned
    from mailtui.services.dns.resolver import Resolver

    resolver = Resolver()
    return lambda one, other: aligned(resolver, one, other, strict=False)
