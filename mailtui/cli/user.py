"""``mailtui user``: whether a user exists everywhere: tables, Dovecot, disk, quota, the database that feeds them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from mailtui.cli.findings import finding_json, print_finding

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.people.model import Place, Report

EXAMPLES = """\
  mailtui user anna@shop.example
  mailtui user --json info@shop.example           an alias: every user it leads to"""

_MARKS = {
    "there": ("✓", "green"),
    "missing": ("✗", "red"),
    "wrong": ("✗", "red"),
    "unused": ("·", "dim"),
    "unknown": ("?", "yellow"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The address."""
    parser.add_argument("address", metavar="ADDRESS", help="a mailbox, an alias, or the name somebody logs in with")


def run(args: argparse.Namespace, context: Context) -> int:
    """Look everywhere; exit 1 where something is missing or wrong."""
    report = context.services.people.of(args.address)
    if args.json:
        context.output.json(_json(report))
    else:
        _print(report, context.output)
    return 0 if report.whole and not report.findings else 1


def _json(report: Report) -> dict[str, object]:
    return {
        "address": report.address,
        "told": report.told,
        "places": [asdict(place) for place in report.places],
        "findings": [finding_json(finding) for finding in report.findings],
    }


def _print(report: Report, output: Output) -> None:
    output.line(output.styled(report.address, "bold"), "  ", report.told)
    user = report.address
    for place in report.places:
        if place.user != user:
            user = place.user
            output.line()
            output.line(output.styled(user, "bold"))
        _place(place, output)
    for finding in report.findings:
        output.line()
        print_finding(finding, output)


def _place(place: Place, output: Output) -> None:
    mark, style = _MARKS[place.state]
    output.line("  ", output.styled(mark, style), f" {place.name:<12} {place.told}")
    for fact in place.facts:
        output.line(output.styled(f"{'':17}{fact}", "dim"))
