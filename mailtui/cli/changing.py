"""What every command that changes something shares: show the plan, ask, carry it out, tell what became of it."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailtui.changes.plan import Plan, Receipt, Step
from mailtui.changes.telling import Line, plan_lines, receipt_lines
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.changes.running import Progress, Stop
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output

_STYLES = {
    "step": ("bold",),
    "added": ("green",),
    "removed": ("red",),
    "hunk": ("cyan",),
    "undo": ("dim",),
    "risk": ("yellow",),
    "good": ("bold", "green"),
    "fair": ("bold", "yellow"),
    "bad": ("bold", "red"),
}
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INDENTED = frozenset({"target", "command", "context", "added", "removed", "hunk", "risk", "undo"})
_WRAPPED = frozenset({"risk", "undo", "good", "fair", "bad"})

Deed = Callable[["Progress", "Stop"], Receipt]


def add_change_arguments(parser: argparse.ArgumentParser) -> None:
    """``--dry-run`` and ``--yes``."""
    group = parser.add_argument_group("changing something")
    group.add_argument("--dry-run", action="store_true", help="show what would be done, and do nothing")
    group.add_argument("--yes", action="store_true", help="do not ask")


def carry_out(plan: Plan, args: argparse.Namespace, context: Context) -> int:
    """Show ``plan``, ask unless ``--yes`` was given, do it and tell; the exit status.

    Raises UsageError where nobody can be asked, and what ``Changes.apply`` raises.
    """
    return confirm(
        plan, args, context, lambda progress, stop: context.changes.apply(plan, progress=progress, stop=stop)
    )


def confirm(plan: Plan, args: argparse.Namespace, context: Context, deed: Deed) -> int:
    """The same for any deed that ``plan`` describes."""
    output = context.output
    if args.dry_run and args.json:
        output.json(plan_json(plan))
        return 0
    print_plan(plan, output.line if args.dry_run else output.aside, output)
    if args.dry_run:
        return 0
    context.changes.check(plan)
    if not args.yes and not _agreed(plan, output):
        output.note("nothing was done")
        return 1
    with _interruptible(output) as stop:
        receipt = deed(output.note, stop)
    if args.json:
        output.json(receipt_json(receipt))
    else:
        print_receipt(receipt, output)
    return 0 if receipt.outcome == "applied" else 1


def _agreed(plan: Plan, output: Output) -> bool:
    """Ask; a plan that hits many or cannot be undone is confirmed by the number of its targets."""
    if not (sys.stdin.isatty() and output.stderr.isatty()):
        raise UsageError("there is nobody to ask: nothing was done", unlock="add --yes, or see --dry-run")
    count = str(len(plan.targets))
    wanted, question = (count, f"Type {count} to do it: ") if plan.must_be_typed else ("y", "Do it? [y/N] ")
    output.stderr.write(question)
    output.stderr.flush()
    return sys.stdin.readline().strip().lower() in ({wanted} if plan.must_be_typed else {"y", "yes"})


@contextmanager
def _interruptible(output: Output) -> Iterator[Stop]:
    """Ctrl+c and a lost terminal stop between two targets, so that the journal has an end; a second ctrl+c at once."""
    stopped = False

    def stop(number: int, _frame: object) -> None:
        nonlocal stopped
        if stopped and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopped = True
        with contextlib.suppress(OSError):  # the terminal may be what was lost
            output.note("stopping; again to stop at once")

    before = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        yield lambda: stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def print_plan(plan: Plan, line: Callable[[str], None], output: Output) -> None:
    """``plan`` for reading, by ``line``."""
    line(output.styled(plan.title, "bold"))
    _print(plan_lines(plan), line, output)


def print_receipt(receipt: Receipt, output: Output) -> None:
    """``receipt`` for reading."""
    output.line(output.styled(receipt.change, "bold"))
    _print(receipt_lines(receipt), output.line, output)


def _print(lines: Iterable[Line], line: Callable[[str], None], output: Output) -> None:
    for one in lines:
        indent = "    " if one.kind in _INDENTED else "  "
        rows = output.wrapped(one.text, len(indent), indent) if one.kind in _WRAPPED else [indent + one.text]
        for row in rows:
            line(output.styled(row, *_STYLES[one.kind]) if one.kind in _STYLES else row)


def plan_json(plan: Plan) -> dict[str, object]:
    """``plan`` under the names of every receipt."""
    return {"title": plan.title, "steps": [_step_json(step) for step in plan.steps]}


def _step_json(step: Step) -> dict[str, object]:
    return {
        "argv": step.commands,
        "diff": step.diff,
        "why": step.why,
        "risk": step.risk,
        "undo": step.undo,
        "reversible": step.reversible,
        "targets": [{"name": target.name, "identity": target.identity} for target in step.targets],
    }


def receipt_json(receipt: Receipt) -> dict[str, object]:
    """What became of a plan."""
    return {
        "change": receipt.change,
        "plan": plan_json(receipt.plan),
        "outcome": receipt.outcome,
        "done": receipt.done,
        "skipped": [{"target": missed.target, "why": missed.why} for missed in receipt.skipped],
        "failed": [{"target": missed.target, "why": missed.why} for missed in receipt.failed],
        **({"now": receipt.now} if receipt.now else {}),
        "undo": receipt.undo,
    }


def tell_of_interrupted(context: Context) -> None:
    """One line for each change that was cut off; a journal that cannot be read is told by the command that needs it."""
    from mailtui.changes.changes import Changes

    try:
        interrupted = Changes(context.settings.state, {}).interrupted()  # no action is needed to know of one
    except MailtuiError:
        return
    for change in interrupted:
        output = context.output
        output.note(f"interrupted: {change.id} {clean(change.plan.title)}; see: mailtui changes {change.id}")
