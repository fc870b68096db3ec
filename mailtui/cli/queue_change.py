"""``mailtui queue hold``, ``release``, …: a plan for exactly the messages that IDs or ``--where`` choose."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mailtui.cli.changing import carry_out
from mailtui.cli.queue_chosen import check, chosen, plans_of, queue_of
from mailtui.host.errors import MailtuiError, UsageError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.services.postfix.queue.model import QueueEntry


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the plan and carry it out; exit 1 where not all that was asked for was done."""
    plans = plans_of(context)
    if args.verb == "flush":
        return carry_out(plans.flush(_site(args)), args, context)
    make = {
        "hold": plans.hold,
        "release": plans.release,
        "requeue": plans.requeue,
        "deliver": plans.deliver,
        "expire": plans.expire,
        "delete": plans.delete,
    }[args.verb]
    entries = _entries(args, context)
    status = carry_out(make(entries), args, context)
    return status or int(len(entries) < len(set(args.words)) and not args.where)


def _site(args: argparse.Namespace) -> str | None:
    """The destination to flush; all without one."""
    if len(args.words) > 1 or args.where:
        raise UsageError("queue flush takes one site, or nothing for all", unlock="queue deliver takes IDs or --where")
    return args.words[0] if args.words else None


def _entries(args: argparse.Namespace, context: Context) -> tuple[QueueEntry, ...]:
    """What was chosen; what is not there is told."""
    if not args.words and not args.where:
        raise UsageError(
            f"what to {args.verb} is missing", unlock="queue IDs, or --where FILTER; all: --where queue_name:*"
        )
    check(args)
    listing = chosen(args, queue_of(context))
    for problem in listing.problems:
        context.output.note(problem)
    there = {entry.queue_id for entry in listing.entries}
    if not there:
        raise MailtuiError("no such message is in the queue", unlock="mailtui queue lists them")
    if not args.where:
        for queue_id in dict.fromkeys(args.words):
            if queue_id not in there:
                context.output.note(f"{queue_id} is not in the queue")
    return listing.entries
