"""The queue as ``postqueue -j`` lists it, parsed while postqueue still reads the queue files.

One JSON object a line (postqueue(1)); addresses and reasons in it are a stranger's. A line that is no such object is
counted and told, never the end of the listing.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mailtui.host.collector import collector_resting
from mailtui.host.errors import ToolFailed
from mailtui.host.stream import MAX_LINE, within
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.ids import is_queue_id
from mailtui.services.postfix.queue.model import QueueEntry, QueueListing, QueueRecipient
from mailtui.text import clean

TIMEOUT = 300.0
"""Seconds for the whole listing; a cold disk with a million messages needs minutes."""
_PAUSE = 0.001
"""Seconds postqueue is left alone between reads; it writes line by line, and waking for each costs both of us more."""
_LONGEST = 32 * MAX_LINE
"""Bytes of the line of one message with very many recipients; longer ones are left out."""
_NULL_SENDER = "MAILER-DAEMON"
"""What showq(8) writes for ``<>``; a real address always has a domain."""
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)
"""What a line that is no message meets."""
_TOLD_APART = 10_000
"""Texts of which equal ones are looked for; more would cost more than they save."""
_decode = json.JSONDecoder(strict=False).decode


Hear = Callable[[Sequence[QueueEntry]], None]
"""Is given entries as soon as they are read, in many small portions."""


def read_queue(
    tools: Tools, postfix: PostfixConfig, hear: Hear | None = None, known: Mapping[str, QueueEntry] | None = None
) -> QueueListing:
    """Every message in the queue of this instance; ``hear`` need not wait for the last one.

    A message that is as it was in ``known``, by queue ID, is that entry, with all that was learned of it.
    Raises what ``queue_in_portions`` raises.
    """
    started = time.time()
    reader = _Reader(known or {})
    entries: list[QueueEntry] = []
    for new in _portions(tools, postfix, reader):
        entries += new
        if hear is not None:
            hear(new)
    return QueueListing(tuple(entries), reader.problems(), started, " ".join(_command(postfix)))


def queue_in_portions(tools: Tools, postfix: PostfixConfig) -> Iterator[Sequence[QueueEntry]]:
    """The same without keeping it: entries as soon as they are read, in many small portions.

    Raises PermissionDenied where this user may not list it, HostError where Postfix is stopped and this user may not
    read the stopped queue either, ToolMissing, ToolFailed, ToolTimeout.
    """
    return _portions(tools, postfix, _Reader({}))


def _command(postfix: PostfixConfig) -> list[str]:
    return ["postqueue", *postfix.where, "-j"]


def _portions(tools: Tools, postfix: PostfixConfig, reader: _Reader) -> Iterator[list[QueueEntry]]:
    argv = _command(postfix)
    with collector_resting():
        try:
            with tools.stream(argv) as stream:
                for lines in _whole_lines(within(stream, TIMEOUT, argv, pause=_PAUSE)):
                    yield reader.read(lines)
        except ToolFailed as error:
            from mailtui.services.postfix.queue.privilege import listing_refused

            raise listing_refused(error, postfix) from error


def _whole_lines(batches: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
    """The batches with overlong lines, which come in pieces, put together."""
    begun = b""
    for batch in batches:
        if begun:
            batch[0] = (begun + batch[0])[:_LONGEST]
            begun = b""
        if len(batch[-1]) > MAX_LINE and not batch[-1].endswith((b'"}]}', b"[]}")):
            begun = batch.pop()
        if batch:
            yield batch
    if begun:
        yield [begun]


class _Reader:
    """Lines to entries; equal texts are kept once, and so are messages that are as they were."""

    def __init__(self, known: Mapping[str, QueueEntry]) -> None:
        self._known = known.get
        self._unread = 0
        self._cleaned: dict[str, str] = {}
        self._numbers: dict[float, float] = {}
        self._single: dict[tuple[tuple[str, str], ...], tuple[QueueRecipient, ...]] = {}

    def problems(self) -> tuple[str, ...]:
        """What was left out."""
        if not self._unread:
            return ()
        lines, are = ("line", "is") if self._unread == 1 else ("lines", "are")
        return (f"{self._unread} {lines} of postqueue could not be understood and {are} left out",)

    def read(self, lines: list[bytes]) -> list[QueueEntry]:
        """The entries of some lines; parsed at once, as long as all of them are sound."""
        try:
            objects = _decode("[" + b",".join(lines).decode("utf-8", "surrogateescape") + "]")
            return [self._entry(value) for value in objects]
        except _BROKEN:
            return [entry for line in lines for entry in self._read_one(line)]

    def _read_one(self, line: bytes) -> list[QueueEntry]:
        try:
            return [self._entry(_decode(line.decode("utf-8", "surrogateescape")))]
        except _BROKEN:
            self._unread += 1
            return []

    def _entry(self, value: dict[str, Any]) -> QueueEntry:
        """Raises one of ``_BROKEN`` for what is no message."""
        queue_id, arrival, size = value["queue_id"], value["arrival_time"], value["message_size"]
        if not is_queue_id(queue_id) or not math.isfinite(arrival) or not math.isfinite(size):
            raise ValueError(queue_id)
        sender = self._text(value["sender"])
        entry = QueueEntry(
            self._text(value["queue_name"]),
            queue_id,
            self._numbers.setdefault(arrival, arrival),
            size,
            "" if sender == _NULL_SENDER else sender,
            self._recipients(value["recipients"]),
            value.get("forced_expire") is True,
        )
        known = self._known(queue_id)
        return known if known is not None and known.told == entry.told else entry

    def _recipients(self, values: list[dict[str, str]]) -> tuple[QueueRecipient, ...]:
        """Most messages have one recipient, and often the same one waits for the same reason."""
        if len(values) != 1:
            return tuple([self._recipient(value) for value in values])
        told = tuple(values[0].items())
        known = self._single.get(told)
        if known is None:
            known = (self._recipient(values[0]),)
            if len(self._single) < _TOLD_APART:
                self._single[told] = known
        return known

    def _recipient(self, value: dict[str, str]) -> QueueRecipient:
        address = clean(value["address"])
        get = value.get
        if len(value) == 1:
            return QueueRecipient(address)
        if len(value) == 2 and "delay_reason" in value:  # what Postfix before 3.11 tells
            return QueueRecipient(address, self._text(value["delay_reason"]))
        return QueueRecipient(
            address,
            self._text(get("delay_reason", "")),
            self._text(get("orig_address", "")),
            self._text(get("bounce_reason", "")),
        )

    def _text(self, text: str) -> str:
        """``text`` cleaned; the same reason stands with thousands of messages."""
        known = self._cleaned.get(text)
        if known is None:
            known = clean(text)
            if len(self._cleaned) < _TOLD_APART:
                self._cleaned[text] = known
        return known
