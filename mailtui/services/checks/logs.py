"""The log, as findings: whether it can be read, and what of the last hour is this machine's own fault."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.findings import Finding, Severity
from mailtui.host.tools import Tools
from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.model import ENOUGH, STRANGE, Event, Incident
from mailtui.maillog.parser import Parser
from mailtui.services.logs import LogSources, history
from mailtui.services.logs.journal import journal_entries
from mailtui.services.logs.source import LogSource
from mailtui.services.logs.tail import BLOCK, TailBlock, tail_blocks
from mailtui.text import clean

RECENT = 3600.0
"""Seconds of the log whose incidents count."""
BUDGET = 8 * 2**20
"""Bytes of it that are read at most: about a second's work."""
_GRADES: dict[str, Severity] = {"error": "error", "warning": "warning"}


class Logs:
    """The checks of what is logged."""

    def __init__(self, tools: Tools, sources: LogSources) -> None:
        self._tools = tools
        self._sources = sources

    def sources(self) -> tuple[Finding, ...]:
        """Every log can be read, and there is one."""
        found = self._sources.discover()
        told = [_unreadable(source) for source in found if not source.readable]
        if not any(source.readable for source in found) and not told:
            advice = "Is a syslog daemon installed, or the journal? mailtui --log FILE names one."
            return (Finding("log.none", "error", "logs", "mail log", "no mail log was found", advice=advice),)
        return (*told, *(_strange(source) for source in found if source.wanted and self._is_strange(source)))

    def _is_strange(self, source: LogSource) -> bool:
        """Whether none of its last lines is one that Postfix or Dovecot writes."""
        if source.path is None:
            return False
        number, parser = 0, Parser()
        for block in _blocks(source.path, time.time() - RECENT):  # the newest first: nearly always one is enough
            for line in block.data.split(b"\n")[:-1]:
                if parser.parse(line, 0).event not in STRANGE:
                    return False
                number += 1
        return number >= ENOUGH

    def incidents(self) -> tuple[Finding, ...]:
        """What failed in the last hour because of this machine."""
        since = time.time() - RECENT
        ours = (one for one in self._read(since) if "us" in one.who.split(" / ") and one.severity in _GRADES)
        return tuple(_failure(one) for one in ours if one.last >= since)

    def _read(self, since: float) -> Sequence[Incident]:
        book = IncidentBook()
        for source in self._sources.discover():
            if source.wanted:
                for event in self._events(source, since):
                    if event.time is None or event.time >= since:
                        book.add(event)
        return book.incidents()

    def _events(self, source: LogSource, since: float) -> Iterator[Event]:
        if source.path is None:
            parser = Parser(source.name)
            for number, entry in enumerate(journal_entries(self._tools, since=since)):
                yield parser.parse(entry, number)
            return
        rotated = (file.path for file in history(source.path) if file.modified >= since and not file.packing)
        for path in (*rotated, source.path):
            yield from _file_events(path, since)


def _file_events(path: Path, since: float) -> Iterator[Event]:
    """The events of a log's last lines, from a block on that begins before ``since``."""
    parser = Parser(str(path), now=path.stat().st_mtime + 1)
    for block in reversed(list(_blocks(path, since))):
        offset = block.position.offset
        for line in block.data.split(b"\n")[:-1]:
            yield parser.parse(line, offset)
            offset += len(line) + 1


def _blocks(path: Path, since: float) -> Iterator[TailBlock]:
    """The last lines of a log, the newest first, down to a block that begins before ``since``."""
    for number, block in enumerate(tail_blocks(path), 1):
        yield block
        first = Parser().parse(block.data.partition(b"\n")[0], 0).time
        if number * BLOCK >= BUDGET or (first is not None and first < since):
            return


def _unreadable(source: LogSource) -> Finding:
    name = clean(source.name)
    return Finding(
        f"log.unreadable:{name}",
        "warning",
        "logs",
        name,
        "cannot be read",
        (clean(source.problem),),
        clean(source.unlock) or "What is written there is missing from everything that mailtui tells.",
    )


def _strange(source: LogSource) -> Finding:
    name = clean(source.name)
    return Finding(
        f"log.strange:{name}",
        "warning",
        "logs",
        name,
        "none of its last lines tells of mail",
        advice="Is it the mail log? --log FILE, or logs in the settings, names another; a line must begin with time,"
        " host and program, as syslog writes them.",
    )


def _failure(incident: Incident) -> Finding:
    times = f"{incident.count} times" if incident.count > 1 else "once"
    return Finding(
        f"incident.{incident.id}",
        _GRADES[incident.severity],
        "logs",
        incident.title,
        f"{times} in the last hour",
        tuple(line.text for line in incident.samples[:1]),
        incident.action,
    )
