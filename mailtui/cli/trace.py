"""``mailtui trace``: one message across queue IDs, content filters, bounces and Dovecot."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.stories import print_story, story_json
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.filters import Filter
    from mailtui.maillog.model import Story

EXAMPLES = """\
  mailtui trace 3Pt2mN2VXxznjll                   by queue ID
  mailtui trace '<20261120.abc@shop.example>'     by message-ID
  mailtui trace info@example.org /var/log/mail.log.1
  mailtui trace --where 'status:deferred relay:*.example.org delay>1h'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to look for, and where."""
    parser.add_argument("query", nargs="?", metavar="QUERY", help="a queue ID, a message-ID or an address")
    arguments.add_files(parser)
    arguments.add_where(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the stories found; exit 1 when there are none."""
    query: str = args.query or ""
    files: list[Path] = args.files
    if query and args.where and arguments.is_file(query):
        query, files = "", [Path(query), *files]
    if not query and not args.where:
        raise UsageError("what to trace is missing", unlock="a queue ID, a message-ID, an address or --where FILTER")
    if any(map(arguments.is_stdin, files)):
        raise UsageError("trace reads a log more than once", unlock="save it to a file: it cannot come from a pipe")
    stories = _find(context, query, files, args.where)
    if args.json:
        context.output.json([story_json(story) for story in stories])
    else:
        for number, story in enumerate(stories):
            if number:
                context.output.line()
            print_story(story, context.output)
    if not stories:
        context.output.note("no message fits in these logs")
    return 0 if stories else 1


def _find(context: Context, query: str, files: list[Path], where: Filter | None) -> list[Story]:
    """The stories in ``files``; without any, in the logs found, and only if there are none in their rotated files."""
    from mailtui.services.trace import TraceService

    service = TraceService(context.tools)
    if files:
        from mailtui.cli.paths import check_logs

        check_logs(files)
        return service.trace(query, files, where)
    return service.trace(query, context.log_paths(), where) or service.trace(query, context.log_paths(since=0.0), where)
