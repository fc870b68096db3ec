"""``mailtui changes [ID]``: what was changed here, by whom, and whether it can be undone."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli import arguments
from mailtui.cli.changing import print_plan, print_receipt, receipt_json
from mailtui.text import clean, iso, local

if TYPE_CHECKING:
    from mailtui.changes.history import Change
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output

EXAMPLES = """\
  mailtui changes                     all of them, the newest first
  mailtui changes 20261121-4f2a       one, with its commands
  mailtui changes --json | jq -r '.[] | select(.state == "interrupted").change'"""

_STYLES = {"interrupted": ("bold", "red"), "failed": ("red",), "partly": ("yellow",), "undone": ("dim",)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which."""
    parser.add_argument("change", nargs="?", metavar="ID", help="one change, by its name or the beginning of it")
    parser.add_argument("--limit", type=arguments.a_count, metavar="N", help="only the newest so many")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the list, or one change with all its steps; exit 1 where one was interrupted."""
    output = context.output
    found = (context.changes.change(args.change),) if args.change else context.changes.changes()[: args.limit]
    if args.json:
        output.json([change_json(change) for change in found])
    elif args.change:
        _print_one(found[0], output)
    else:
        for change in found:
            output.line(_line(change, output))
    torn = context.changes.torn()
    if torn:
        output.note(f"{torn} lines of the journal were cut off while they were written")
    if not found:
        output.note("nothing has been changed yet")
    return 1 if any(change.interrupted for change in found) else 0


def change_json(change: Change) -> dict[str, object]:
    """A receipt with who, when and where."""
    return {
        "time": iso(change.time),
        "who": change.who,
        "host": change.host,
        "pid": change.pid,
        "state": change.state,
        "ended": None if change.ended is None else iso(change.ended),
        "undoes": change.undoes,
        "undone_by": change.undone_by,
        **receipt_json(change.receipt()),
        "outcome": None if change.ended is None else change.ending,
    }


def _line(change: Change, output: Output) -> str:
    state = output.styled(f"{change.state:<11}", *_STYLES.get(change.state, ("green",)))
    title = clean(change.plan.title)
    return f"{change.id}  {local(change.time)}  {clean(change.who):<10} {state} {len(change.done):>6,}  {title}"


def _print_one(change: Change, output: Output) -> None:
    output.line(_line(change, output))
    output.line(f"    on {clean(change.host)}, process {change.pid}")
    if change.undoes:
        output.line(f"    {'undoes' if change.is_undo else 'does again what was undone by'} {change.undoes}")
    print_plan(change.plan, output.line, output)
    if change.ended is None:
        output.line(output.styled(f"{change.state}: mailtui undo --recover {change.id}", "bold", "red"))
    else:
        print_receipt(change.receipt(), output)
