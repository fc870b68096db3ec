"""``mailtui parse``: every line of a log typed, in constant memory."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.text import clean, iso

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.maillog.model import Event

EXAMPLES = """\
  mailtui parse /var/log/mail.log
  mailtui parse --where 'severity>=warning -daemon:postscreen' --since 1h
  mailtui parse --json /var/log/mail.log.*.gz | jq -r .queue_id
  ssh mx2 cat /var/log/mail.log | mailtui parse -"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which lines of which files."""
    arguments.add_files(parser)
    arguments.add_where(parser)
    arguments.add_window(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """One line of output a line of log; what no rule knows is counted on standard error."""
    from mailtui.cli.events import selected_events
    from mailtui.maillog.model import UNKNOWN, UNPARSED

    output = context.output
    lines, strange = 0, {UNKNOWN: 0, UNPARSED: 0}
    for event in selected_events(context):
        lines += 1
        if event.event in strange:
            strange[event.event] += 1
        if args.json:
            output.json_line(event_json(event))
        else:
            output.line(event_line(event, output))
    output.note(f"{lines} lines, {strange[UNKNOWN]} unknown, {strange[UNPARSED]} unparsed")
    return 0


def event_json(event: Event) -> dict[str, object]:
    """``event`` under the names of the log engine, its time as ISO 8601."""
    value = event._asdict()
    value["time"] = None if event.time is None else iso(event.time)
    value["fields"] = dict(event.fields)
    return value


def event_line(event: Event, output: Output) -> str:
    """``event`` for reading: when, who, which message, what, and its fields."""
    time = "-" if event.time is None else iso(event.time)
    program = f"{event.program}[{event.pid}]" if event.pid is not None else event.program
    what = output.styled(event.event, *_COLOURS.get(event.severity, ("bold",)))
    words = [time, event.host or "-", program or "-", event.queue_id or "-"]
    pairs = [f"{name}={_quoted(value)}" for name, value in event.fields.items()]
    rest = pairs or [clean(event.text)]
    return " ".join([*map(clean, words), what, *rest])


def _quoted(value: str) -> str:
    shown = clean(value)
    return f'"{shown}"' if not shown or " " in shown else shown


_COLOURS = {
    "warning": ("yellow",),
    "error": ("red",),
    "fatal": ("bold", "red"),
    "panic": ("bold", "red"),
}
