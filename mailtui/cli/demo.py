"""``mailtui demo``: the console on a private Postfix and Dovecot; nothing of the machine's own is touched."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui demo
  mailtui demo --per-minute 600    more traffic than usual"""

PER_MINUTE = 120.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much traffic."""
    help_text = "messages and logins a minute (%(default)g)"
    parser.add_argument("--per-minute", type=float, default=PER_MINUTE, metavar="N", help=help_text)


def run(args: argparse.Namespace, context: Context) -> int:
    """Start lab and traffic, open the console on them, stop both when it is left."""
    from mailtui.cli.console import open_console, require_terminal
    from mailtui.cli.parser import console_parser
    from mailtui.lab.demo import run_demo

    def open_it(options: Sequence[str]) -> int:
        return open_console(context.for_instance(console_parser().read(options)))

    require_terminal()
    return run_demo(open_it, per_minute=args.per_minute)
