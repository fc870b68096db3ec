"""``mailtui queue show``: one message, and why it is still here."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtui.cli.queue_chosen import queue_of
from mailtui.cli.queue_list import entry_json
from mailtui.host.errors import MailtuiError, UsageError
from mailtui.services.postfix.queue.ids import checked_id
from mailtui.services.postfix.queue.joining import with_envelope
from mailtui.text import human_size, local

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.cli.output import Output
    from mailtui.services.postfix.queue.model import QueueEntry, QueueMessage
    from mailtui.services.postfix.queue.service import Queue

INDENT = 12


def run(args: argparse.Namespace, context: Context) -> int:
    """Print the message, or the part of it asked for."""
    if len(args.words) != 1:
        raise UsageError("queue show takes one queue ID", unlock="mailtui queue lists them")
    queue, output = queue_of(context), context.output
    message = queue.show(checked_id(args.words[0]), args.part)
    entry = _entry(queue, message, args, output) if args.part == "all" else None
    if args.json:
        output.json({**message_json(message), **_entry_part(queue, entry)})
    elif args.part == "all":
        _print_all(queue, message, entry, output)
    else:
        _print_part(message, output)
    for problem in message.problems:
        output.note(problem)
    if message.truncated:
        output.note("only the beginning of this message is shown")
    return 0


def _entry(queue: Queue, message: QueueMessage, args: argparse.Namespace, output: Output) -> QueueEntry | None:
    """What listing and log know of it; a message can be shown without."""
    try:
        listing = queue.read()
        mine = tuple(entry for entry in listing.entries if entry.queue_id == message.queue_id)
        listing = queue.joined(replace(listing, entries=mine), thorough=not args.no_log)
    except MailtuiError as error:
        output.problem(error.message, error.unlock)
        return None
    for problem in listing.problems:
        output.note(problem)
    return with_envelope(listing.entries[0], message) if listing.entries else None


def _entry_part(queue: Queue, entry: QueueEntry | None) -> dict[str, object]:
    if entry is None:
        return {}
    return {"why": queue.why(entry), **entry_json(entry, time.time())}


def message_json(message: QueueMessage) -> dict[str, object]:
    """``message``; names that occur more than once keep their order."""
    headers = zip(message.headers, message.decoded, strict=True)
    return {
        "queue_id": message.queue_id,
        "queue_name": message.queue_name,
        "part": message.part,
        "envelope": [{"name": name, "value": value} for name, value in message.envelope],
        "headers": [{"name": name, "value": raw, "decoded": decoded} for (name, raw), (_, decoded) in headers],
        "body": message.body,
        "attachments": [{"type": part.type, "name": part.name, "size": part.size} for part in message.attachments],
        "truncated": message.truncated,
        "problems": message.problems,
    }


def _print_part(message: QueueMessage, output: Output) -> None:
    _print_pairs(message.envelope, output)
    _print_pairs(message.decoded, output)
    _print_body(message, output)


def _print_pairs(pairs: Iterable[tuple[str, str]], output: Output) -> None:
    for name, value in pairs:
        output.line(output.styled(f"{name}:", "bold"), " ", value)


def _print_body(message: QueueMessage, output: Output) -> None:
    if message.body:
        output.line(message.body.rstrip("\n"))
    for part in message.attachments:
        name = f" {part.name}" if part.name else ""
        output.line(output.styled(f"[{part.type}{name}, {human_size(part.size)}]", "dim"))


def _print_all(queue: Queue, message: QueueMessage, entry: QueueEntry | None, output: Output) -> None:
    output.line(output.styled(message.queue_id, "bold"), "  ", output.styled(message.queue_name, "bold", "yellow"))
    if entry is not None:
        for name, text in _summary(queue, entry).items():
            if text:
                for line in output.wrapped(text, INDENT, f"  {name}"):
                    output.line(line)
    for title, pairs in (("envelope", message.envelope), ("headers", message.decoded)):
        output.line("\n", output.styled(title, "bold"))
        _print_pairs(pairs, output)
    output.line("\n", output.styled("body", "bold"))
    _print_body(message, output)


def _summary(queue: Queue, entry: QueueEntry) -> dict[str, str]:
    login = f", logged in as {entry.sasl_username}" if entry.sasl_username else ""
    return {
        "from": f"<{entry.sender}>, {human_size(entry.message_size)}",
        "to": ", ".join(f"<{address}>" for address in entry.addresses),
        "client": entry.client + login,
        "arrived": local(entry.arrival_time),
        "why": queue.why(entry),
    }
