"""``mailtui user``: whether a user exists everywhere: tables, Dovecot, disk, quota, the database that feeds them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from mailtui.cli.findings import finding_json, print_finding, print_findings
from mailtui.cli.probes import print_told
from mailtui.host.errors import HostError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.people.model import Report

EXAMPLES = """\
  mailtui user anna@shop.example
  mailtui user --json info@shop.example       an alias: each user it leads to
  mailtui user                                whom only one of the two knows"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The address."""
    help_text = "a mailbox, an alias, or the name somebody logs in with; default: whoever is not known everywhere"
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help=help_text)


def run(args: argparse.Namespace, context: Context) -> int:
    """Look everywhere; exit 1 where something is missing or wrong, 3 where Dovecot could not be asked."""
    from mailtui.services.probes.telling import report_lines

    if args.address is None:
        return print_findings(context.services.people.all(), args, context)
    report = context.services.people.of(args.address)
    if args.json:
        context.output.json(_json(report))
    else:
        print_told(report_lines(report), context.output)
        for finding in report.findings:
            context.output.line()
            print_finding(finding, context.output)
    if not report.whole or report.findings:
        return 1
    return 0 if report.asked else HostError.exit_code


def _json(report: Report) -> dict[str, object]:
    return {
        "address": report.address,
        "told": report.told,
        "places": [asdict(place) for place in report.places],
        "findings": [finding_json(finding) for finding in report.findings],
    }
