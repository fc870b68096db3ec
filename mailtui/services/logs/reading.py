"""The events of the logs of this machine since a moment, one log after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.logs.discovery import LogSources
from mailtui.services.logs.history import history, read_lines
from mailtui.services.logs.journal import journal_entries


def events_since(tools: Tools, sources: LogSources, since: float) -> Iterator[Event]:
    """Lines without a time count as young. Raises PermissionDenied or HostError for a log that cannot be read."""
    for source in sources.discover():
        if source.wanted:
            events = (
                _of_journal(tools, source.name, since) if source.path is None else _of_log(tools, source.path, since)
            )
            yield from (event for event in events if event.time is None or event.time >= since)


def _of_log(tools: Tools, path: Path, since: float) -> Iterator[Event]:
    rotated = [file.path for file in history(path) if file.modified >= since and not file.packing]
    for file in (*rotated, path):
        parser = Parser(str(file), now=min(time.time(), file.stat().st_mtime + 1))
        offset = 0
        for line in read_lines(file, tools):
            yield parser.parse(line, offset)
            offset += len(line) + 1


def _of_journal(tools: Tools, name: str, since: float) -> Iterator[Event]:
    parser = Parser(name)
    for number, entry in enumerate(journal_entries(tools, since=since)):
        yield parser.parse(entry, number)
