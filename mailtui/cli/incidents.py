"""``mailtui incidents``: failures grouped by cause."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.stories import line_json
from mailtui.text import human_duration, iso, local

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.maillog.model import Incident

EXAMPLES = """\
  mailtui incidents                               in the logs found
  mailtui incidents --since 2h                    in the last two hours
  mailtui incidents --where 'relay:*.example.org' /var/log/mail.log.1
  mailtui incidents --json | jq -r '.[] | select(.who=="us").title'"""

INDENT = 10
_STYLES = {"error": ("bold", "red"), "warning": ("bold", "yellow"), "notice": ("bold",)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which events of which files."""
    arguments.add_files(parser)
    arguments.add_where(parser)
    arguments.add_window(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the incidents, worst first; exit 1 when there are any."""
    from mailtui.cli.events import merged_events
    from mailtui.filters import event_fields
    from mailtui.maillog.incidents import IncidentBook
    from mailtui.maillog.model import ENOUGH, STRANGE

    book, lines, strange, array = IncidentBook(), 0, 0, False
    for event in merged_events(context):
        lines += 1
        strange += event.event in STRANGE
        array = array or event.text == "[" or event.text.startswith("[{")
        if not args.where or args.where.matches(event_fields(event)):
            book.add(event)
    found = book.incidents()
    if args.json:
        context.output.json([incident_json(incident) for incident in found])
    else:
        for number, incident in enumerate(found):
            if number:
                context.output.line()
            print_incident(incident, context.output)
    if lines and strange == lines:
        doubt = ": is it the mail log?" if lines >= ENOUGH else ""
        context.output.note(f"none of the {lines} lines tells of mail{doubt}")
        if array:
            context.output.note("JSON is read one object a line: jq -c '.[]' FILE")
    elif not found:
        context.output.note("nothing failed")
    return 1 if found else 0


def incident_json(incident: Incident) -> dict[str, object]:
    """``incident`` with ISO times and its sample lines."""
    return {
        "id": incident.id,
        "cause": incident.cause,
        "title": incident.title,
        "who": incident.who,
        "action": incident.action,
        "severity": incident.severity,
        "count": incident.count,
        "messages": incident.messages,
        "recipients": incident.recipients,
        "first": iso(incident.first),
        "last": iso(incident.last),
        "samples": [line_json(line) for line in incident.samples],
        "queue_ids": incident.queue_ids,
    }


def print_incident(incident: Incident, output: Output) -> None:
    """``incident``: how bad, how often, since when, who must do what, and one line of it."""
    severity = output.styled(incident.severity, *_STYLES.get(incident.severity, ("bold",)))
    output.line(severity, "  ", output.styled(incident.title, "bold"))
    fields = {
        "seen": _counts(incident),
        "when": _span(incident),
        "cause": incident.cause,
        "do": f"{incident.who}: {incident.action}",
        "line": incident.samples[0].text if incident.samples else "",
    }
    for name, text in fields.items():
        if text:
            for line in output.wrapped(text, INDENT, f"  {name}"):
                output.line(line)


def _counts(incident: Incident) -> str:
    counted = ((incident.count, "time"), (incident.messages, "message"), (incident.recipients, "recipient"))
    return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for count, noun in counted if count)


def _span(incident: Incident) -> str:
    if incident.count == 1:
        return local(incident.last)
    return f"{local(incident.first)} to {local(incident.last)} ({human_duration(incident.last - incident.first)})"
