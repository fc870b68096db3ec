"""``mailtui undo ID``: put back what a change did, or end one that was interrupted."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import add_change_arguments, confirm
from mailtui.host.errors import UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context

EXAMPLES = """\
  mailtui undo 20261121-4f2a             what stands of it is put back
  mailtui undo 20261121-4f2a --dry-run   what that would do
  mailtui undo --recover 20261121-4f2a   end a change that was interrupted"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which change."""
    parser.add_argument(
        "change", metavar="ID", help="a change's name or the beginning of it; mailtui changes lists them"
    )
    help_text = "for an interrupted change: find out what was done, put back what must be all or nothing, and end it"
    parser.add_argument("--recover", action="store_true", help=help_text)
    add_change_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Undo it; undoing an undo does it again."""
    changes = context.changes
    change = changes.change(args.change)
    if args.recover:
        if change.ended is not None:
            raise UsageError(
                f"{change.id} was not interrupted",
                unlock=f"mailtui changes {change.id} shows it; mailtui undo {change.id} undoes it",
            )
        context.output.note(change.recovery)
        return confirm(
            change.plan, args, context, lambda progress, _stop: changes.recover(change.id, progress=progress)
        )
    plan = changes.undo_plan(change.id)
    return confirm(plan, args, context, lambda progress, stop: changes.undo(change.id, progress=progress, stop=stop))
