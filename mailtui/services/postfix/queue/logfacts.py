"""What the log knows of queued messages: who handed them in, how often they were tried, when and by whom last.

One message's story has it; for a whole queue the logs are read once, looking only at the few kinds of lines that tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.host.errors import MailtuiError
from mailtui.text import clean

if TYPE_CHECKING:
    from mailtui.host.tools import Tools
    from mailtui.maillog.model import Story
    from mailtui.maillog.parser import Parser
    from mailtui.services.postfix.queue.model import QueueEntry
    from mailtui.services.trace.text import LogText

BUDGET = 2**30
"""Bytes of log read for one listing, the newest first."""
_TELLING = re.compile(rb": ([0-9A-Za-z]{6,40}): (?:client|uid|message-id|from|to)=")
_LONGEST = 64
"""Bytes of the longest text ``_TELLING`` finds."""
_ACTIVE = "(queue active)"
_DAEMON = re.compile(r"/([\w-]+)\[\d+\]: ")
_CLOCK_SLACK = 60.0
"""Seconds a log line may seem to lie before its message's arrival."""


@dataclass(frozen=True, slots=True)
class LogFacts:
    """Of one message, cleaned."""

    client: str = ""
    sasl_username: str = ""
    message_id: str = ""
    attempts: int | None = None
    last_attempt: float | None = None
    transport: str = ""
    relay: str = ""


Lookup = Callable[[str], "Story | None"]
"""The story of a queue ID, as far as it is known."""


def facts_of(story: Story, entry: QueueEntry) -> LogFacts | None:
    """What ``story`` tells of ``entry``; None for another message that had the same queue ID before."""
    began = story.arrived
    if story.ended is not None or (began is not None and began > entry.arrival_time + _CLOCK_SLACK):
        return None
    attempts = [attempt for recipient in story.recipients for attempt in recipient.attempts]
    last = max(attempts, key=lambda attempt: attempt.time, default=None)
    daemon = _DAEMON.search(last.line.text) if last else None
    tried = sum(entry.queue_id in line.text and _ACTIVE in line.text for line in story.lines)
    return LogFacts(
        clean(story.client),
        clean(story.sasl_username),
        clean(story.message_ids[0]) if story.message_ids else "",
        tried if began is not None else None,
        last.time if last else None,
        clean(daemon[1]) if daemon else "",
        clean(last.relay) if last else "",
    )


def facts_of_stories(entries: Sequence[QueueEntry], lookup: Lookup) -> dict[str, LogFacts]:
    """What is known by queue ID, from stories at hand."""
    known = {}
    for entry in entries:
        story = lookup(entry.queue_id)
        facts = facts_of(story, entry) if story else None
        if facts:
            known[entry.queue_id] = facts
    return known


def facts_of_logs(
    entries: Sequence[QueueEntry], files: Sequence[Path], tools: Tools
) -> tuple[dict[str, LogFacts], tuple[str, ...]]:
    """What the log ``files``, oldest first, tell by queue ID, and what could not be read."""
    from mailtui.services.trace.text import open_text

    wanted = {entry.queue_id.encode() for entry in entries}
    heard: dict[bytes, _Heard] = {}
    problems, left = [], BUDGET
    chosen: list[LogText] = []
    try:
        for path in reversed(files):
            if left <= 0:
                problems.append(f"{path} and older logs were not read: {BUDGET >> 20} MB are enough for one listing")
                break
            try:
                chosen.append(open_text(path, tools))
            except MailtuiError as error:
                problems.append(error.message)
                continue
            left -= chosen[-1].size
        for text in reversed(chosen):
            _hear(text, wanted, heard)
    finally:
        for text in chosen:
            text.close()
    return {queue_id.decode(): said.facts() for queue_id, said in heard.items()}, tuple(problems)


@dataclass(slots=True)
class _Heard:
    """What was said of one queue ID so far."""

    parser: Parser
    arrival: bytes = b""
    message_id: bytes = b""
    attempts: int = 0
    last: bytes = b""

    def facts(self) -> LogFacts:
        """The few lines that count, parsed."""
        came = self.parser.parse(self.arrival).fields if self.arrival else {}
        last = self.parser.parse(self.last) if self.last else None
        return LogFacts(
            "local" if "uid" in came else clean(came.get("client", "")),
            clean(came.get("sasl_username", "")),
            clean(self.parser.parse(self.message_id).fields.get("message-id", "")) if self.message_id else "",
            self.attempts if self.arrival or self.message_id else None,
            last.time if last else None,
            clean(last.daemon) if last else "",
            clean(last.fields.get("relay", "")) if last else "",
        )


def _hear(text: LogText, wanted: Container[bytes], heard: dict[bytes, _Heard]) -> None:
    """Take in one log's lines of the messages wanted."""
    from mailtui.maillog.parser import Parser

    parser = Parser(str(text.path), now=text.modified)
    for offset in text.lines_named(_TELLING, _LONGEST, wanted):
        line = text.line(offset)
        found = _TELLING.search(line)
        if found is None:
            continue
        kind = found[0].rpartition(b" ")[2]
        if kind in (b"client=", b"uid="):
            # The same short queue ID may have been another message's before.
            heard[found[1]] = _Heard(parser, arrival=line)
            continue
        said = heard.setdefault(found[1], _Heard(parser))
        if kind == b"message-id=":
            said.message_id = line
        elif kind == b"from=":
            said.attempts += line.endswith(_ACTIVE.encode())
        else:
            said.last = line
