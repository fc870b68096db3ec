"""The messages that IDs, ``--where``, ``--sort`` and ``--limit`` choose out of the queue.

Who chooses nothing does not wait for what choosing needs to be imported.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtui.host.errors import UsageError
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.service import Queue

if TYPE_CHECKING:
    from pathlib import Path

    from mailtui.cli.context import Context
    from mailtui.services.postfix.queue.model import QueueEntry, QueueListing
    from mailtui.services.postfix.queue.plans import QueuePlans


def queue_of(context: Context) -> Queue:
    """The queue, and the logs the command line names or that are found."""

    def log_files(since: float) -> Sequence[Path]:
        return context.log_paths(since)

    return Queue(context.tools, context.postfix, log_files=log_files)


def plans_of(context: Context) -> QueuePlans:
    """What makes the plans for queued mail."""
    from mailtui.services.postfix.queue.plans import QueuePlans

    return QueuePlans(context.tools, context.postfix, context.dovecot, context.settings.state)


def check(args: argparse.Namespace) -> None:
    """Raises UsageError for an ID that is none, and for fields that the queue has not."""
    for word in args.words:
        checked_id(word)
    if not args.sort and not args.where:
        return
    from mailtui.filters import FilterError
    from mailtui.services.postfix.queue.fields import checked_filter, checked_key

    if args.sort:
        checked_key(args.sort)
    if args.where:
        try:
            checked_filter(args.where)
        except FilterError as error:
            raise UsageError(f"--where: {error.message}") from error


def _names_asked(args: argparse.Namespace) -> tuple[str, ...]:
    """The fields that choosing needs."""
    where = args.where.fields() if args.where else ()
    return (*where, *([args.sort.removeprefix("-")] if args.sort else ()))


def chosen(args: argparse.Namespace, queue: Queue, *, joined: bool = False, log: bool = False) -> QueueListing:
    """The messages asked for; ``joined`` or with the ``log`` also where choosing does not need it."""
    from mailtui.services.postfix.queue.fields import need_joining, need_log

    names = _names_asked(args)
    log = log or need_log(names)
    listing = queue.read()
    if args.words:
        wanted = set(args.words)
        listing = replace(listing, entries=tuple(entry for entry in listing.entries if entry.queue_id in wanted))
    if joined or log or need_joining(names):
        listing = queue.joined(listing, thorough=log and not args.no_log)
    return replace(listing, entries=_narrowed(args, listing.entries))


def _narrowed(args: argparse.Namespace, entries: tuple[QueueEntry, ...]) -> tuple[QueueEntry, ...]:
    from mailtui.services.postfix.queue.select import ordered, select

    if args.where:
        entries = select(entries, args.where)
    if args.sort:
        entries = ordered(entries, args.sort)
    return entries if args.limit is None else entries[: args.limit]
