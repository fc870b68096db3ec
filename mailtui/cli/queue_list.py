"""``mailtui queue list``: a line for each message, or all that is known of it as JSON."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtui.cli.queue_chosen import check, chosen, queue_of
from mailtui.cli.stories import time_json
from mailtui.host.errors import MailtuiError
from mailtui.text import clean, human_duration, human_size, iso

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.filters import Filter
    from mailtui.services.postfix.queue.model import QueueEntry, QueueListing, QueueRecipient


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the queue; an empty one is fine."""
    check(args)
    output, queue = context.output, queue_of(context)
    now = time.time()
    if args.json:
        listing = chosen(args, queue, joined=True, log=True)
        output.json_list(_entry(entry, now, args) for entry in listing.entries)
    elif _at_once(args):
        # Nothing has to be known of the last message to print the first.
        listing = queue.read(lambda entries: _print(entries, args, context, now))
    else:
        listing = chosen(args, queue)
        _print(listing.entries, args, context, now)
    with contextlib.suppress(MailtuiError):
        listing = replace(listing, problems=(*listing.problems, *queue.beside()))
    for problem in listing.problems:
        output.note(problem)
    if not args.json:
        output.note(_sum(listing))
    return 0


def _at_once(args: argparse.Namespace) -> bool:
    """Whether every message is printed, in the order it comes."""
    return not args.words and not args.where and not args.sort and args.limit is None


def _sum(listing: QueueListing) -> str:
    count, size = len(listing.entries), sum(entry.message_size for entry in listing.entries)
    return f"{count} message{'s' * (count != 1)}, {human_size(size)}" if count else "no message"


def _print(entries: Sequence[QueueEntry], args: argparse.Namespace, context: Context, now: float) -> None:
    """In one go, since there may be very many."""
    if not entries:
        return
    if not (args.explain and args.where):
        context.output.line("\n".join([entry_line(entry, now) for entry in entries]))
        return
    for entry in entries:
        context.output.line(entry_line(entry, now))
        for reason in _reasons(args.where, entry, now):
            holds = context.output.styled("yes" if reason["matched"] else "no ", "bold")
            context.output.line(f"    {holds}  {reason['part']}  ({reason['because']})")


def entry_line(entry: QueueEntry, now: float) -> str:
    """ID, queue, age, size, who to whom, and why it still waits."""
    recipient = entry.recipients[0].address if entry.recipients else ""
    more = f" +{len(entry.recipients) - 1}" if len(entry.recipients) > 1 else ""
    age, size = human_duration(entry.age(now)), human_size(entry.message_size)
    expired = "expired  " if entry.forced_expire else ""
    return (
        f"{entry.queue_id:<15} {entry.queue_name:<8} {age:>7} {size:>7}  "
        f"<{entry.sender}> → <{recipient}>{more}  {expired}{entry.reason}"
    ).rstrip()


def _reasons(wanted: Filter, entry: QueueEntry, now: float) -> list[dict[str, object]]:
    """Each part of the filter, whether it holds, and the values that decide."""
    from mailtui.services.postfix.queue.fields import entry_fields

    told = wanted.explain(entry_fields(entry, now))
    return [
        {"part": clean(reason.part), "matched": reason.matched, "because": clean(reason.because)} for reason in told
    ]


def _entry(entry: QueueEntry, now: float, args: argparse.Namespace) -> dict[str, object]:
    value = entry_json(entry, now)
    if args.explain and args.where:
        value["explain"] = _reasons(args.where, entry, now)
    return value


def entry_json(entry: QueueEntry, now: float) -> dict[str, object]:
    """``entry`` under the names of postqueue, with what was joined to it."""
    return {
        "queue_name": entry.queue_name,
        "queue_id": entry.queue_id,
        "arrival_time": iso(entry.arrival_time),
        "age": max(0, round(now - entry.arrival_time)),
        "message_size": entry.message_size,
        "forced_expire": entry.forced_expire,
        "sender": entry.sender,
        "recipients": [_recipient_json(recipient) for recipient in entry.recipients],
        "client": entry.client,
        "sasl_username": entry.sasl_username,
        "message_id": entry.message_id,
        "attempts": entry.attempts,
        "last_attempt": time_json(entry.last_attempt),
        "next_attempt": time_json(entry.next_attempt),
        "expires": time_json(entry.expires),
        "cause": entry.cause,
        "transport": entry.transport,
        "relay": entry.relay,
    }


def _recipient_json(recipient: QueueRecipient) -> dict[str, str]:
    """As postqueue: without what it does not tell."""
    told = {
        "address": recipient.address,
        "orig_address": recipient.orig_address,
        "delay_reason": recipient.delay_reason,
        "bounce_reason": recipient.bounce_reason,
    }
    return {name: text for name, text in told.items() if text or name == "address"}
