"""``mailtui report``: the summary of logs, with true totals or with pflogsumm's."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.host.errors import MailtuiError, ToolMissing

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.maillog.report import Report

EXAMPLES = """\
  mailtui report --day yesterday
  mailtui report /var/log/mail.log.2.gz /var/log/mail.log.1 /var/log/mail.log
  mailtui report --since 2h --top 5
  mailtui report --json /var/log/mail.log | jq .totals
  mailtui report --compat pflogsumm /var/log/mail.log"""

TOP = 10
"""Entries of each list for reading; ``--json`` gives all unless ``--top`` is given."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which logs, of which time, and how much of it."""
    arguments.add_files(parser)
    arguments.add_window(parser)
    parser.add_argument("--day", type=arguments.a_moment, metavar="D", help="one day: today, yesterday, 2026-11-20")
    parser.add_argument(
        "--compat", choices=("pflogsumm",), help="count as pflogsumm 1.1.5 does, with its double counting"
    )
    parser.add_argument("-i", "--ignore-case", action="store_true", help="users do not differ by case, as in pflogsumm")
    parser.add_argument(
        "--verp-mung", type=int, choices=(1, 2), default=0,
        help="a mailing list's numbered senders are one; 2: also without the recipient in them",
    )  # fmt: skip
    parser.add_argument("--mailq", action="store_true", help="what is in the queue now, at the end")
    parser.add_argument("--top", type=_a_number, metavar="N", help=f"entries of each list (for reading: {TOP})")


def _a_number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of entries; write 1 or more")
    return int(text)


def run(args: argparse.Namespace, context: Context) -> int:
    """Read, count, write."""
    if args.json and args.mailq:
        raise MailtuiError("--mailq is for reading; mailtui queue list --json gives the queue")
    report = _report(args, context)
    if args.json:
        context.output.json(report.as_json(args.top))
    else:
        from mailtui.cli.report_text import report_lines

        for line in report_lines(report, args.top or TOP, context.output):
            context.output.line(line)
    if report.unparsed:
        context.output.note(f"{report.unparsed} of {report.lines} lines had no readable header")
    if args.mailq:
        _write_queue(context)
    return 0


def _write_queue(context: Context) -> None:
    from mailtui.cli.queue_chosen import queue_of
    from mailtui.cli.queue_list import entry_line

    context.output.line(context.output.styled("In the queue now", "bold"))
    now = time.time()
    listing = queue_of(context).read()
    for entry in listing.entries:
        context.output.line(f"  {entry_line(entry, now)}")
    if not listing.entries:
        context.output.line("  no message")
    for problem in listing.problems:
        context.output.note(problem)


def _report(args: argparse.Namespace, context: Context) -> Report:
    from mailtui.maillog.report import report
    from mailtui.maillog.report.domains import Alike
    from mailtui.maillog.scan import DamagedLog

    since = args.since.start if args.since else None
    until = args.until.end if args.until else None
    if args.day:
        since, until = args.day
    paths = context.log_paths()
    alike = Alike(args.ignore_case, args.verp_mung)
    try:
        return report(paths, since=since, until=until, compat=args.compat is not None, alike=alike)
    except FileNotFoundError as error:
        if error.errno:
            raise
        raise ToolMissing("zstd") from error
    except DamagedLog as error:
        raise MailtuiError(str(error)) from error
