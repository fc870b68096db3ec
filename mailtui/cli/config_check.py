"""``mailtui config check``: what is wrong with main.cf, master.cf and Dovecot's configuration."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.findings import print_findings
from mailtui.host.errors import HostError, ToolMissing, UsageError
from mailtui.services.configuration.lint.service import Lint
from mailtui.services.configuration.model import PROGRAMS

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.findings import Finding


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the findings; exit 1 where one is more than a notice."""
    if args.words and args.words not in [[program] for program in PROGRAMS]:
        raise UsageError("config check takes postfix, dovecot or nothing")
    lint = Lint(context.tools, context.postfix, context.dovecot)
    found: list[Finding] = []
    missing: list[str] = []
    for program in args.words or PROGRAMS:
        try:
            found += lint.postfix() if program == "postfix" else lint.dovecot()
        except ToolMissing as error:
            missing.append(error.tool)
            context.output.note(f"{program} is not here: {error.message}")
    if len(missing) == len(args.words or PROGRAMS):
        raise HostError("there is no configuration to check", unlock="apt install postfix dovecot-core")
    return print_findings(found, args, context)
