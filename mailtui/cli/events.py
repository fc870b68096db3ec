"""The events a command works on: of the logs given or found, inside a time window, through a filter."""

from __future__ import annotations

import math
import time as clock
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.arguments import is_stdin
from mailtui.cli.inputs import read_lines
from mailtui.maillog.parser import Parser

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.filters import Filter
    from mailtui.filters.values import Moment
    from mailtui.maillog.model import Event


def selected_events(context: Context) -> Iterator[Event]:
    """Events by the arguments of ``add_files``, ``add_where`` and ``add_window``, one log after the other."""
    where: Filter | None = context.options.where
    needles = tuple(literal.encode() for literal in where.literals()) if where else ()
    events = chain.from_iterable(_logs(context, needles))
    if not where:
        return events
    from mailtui.filters import event_fields

    return (event for event in events if where.matches(event_fields(event)))


def merged_events(context: Context) -> Iterator[Event]:
    """Events by the arguments of ``add_files`` and ``add_window``, those of all logs in one order by time."""
    logs = list(_logs(context, ()))
    if len(logs) == 1:
        return logs[0]
    from mailtui.services.logs.merge import merge

    return merge(*logs)


def _logs(context: Context, needles: tuple[bytes, ...]) -> Iterator[Iterator[Event]]:
    """The events of each log in the window; lines without all ``needles`` (lower case) need not be parsed."""
    since: Moment | None = context.options.since
    until: Moment | None = context.options.until
    for place in context.log_places():
        events = _file_events(place, needles) if isinstance(place, Path) else _journal_events(context, since)
        yield _within(events, since, until) if since or until else events


def _file_events(path: Path, needles: tuple[bytes, ...]) -> Iterator[Event]:
    parser = Parser(str(path), now=_latest(path))
    offset = 0
    for line in read_lines(path):
        if not needles or all(map(line.lower().__contains__, needles)):
            yield parser.parse(line.rstrip(b"\n"), offset)
        offset += len(line)


def _latest(path: Path) -> float | None:
    """No line of a file is younger than its last change: so the year of stamps without one is known."""
    return None if is_stdin(path) else min(clock.time(), path.stat().st_mtime + 1)


def _journal_events(context: Context, since: Moment | None) -> Iterator[Event]:
    from mailtui.services.logs.journal import journal_entries
    from mailtui.services.logs.source import JOURNAL

    parser = Parser(JOURNAL)
    for number, entry in enumerate(journal_entries(context.tools, since=since.start if since else None)):
        yield parser.parse(entry, number)


def _within(events: Iterator[Event], since: Moment | None, until: Moment | None) -> Iterator[Event]:
    """Events in the window; one without a time belongs to the time of the one before it."""
    start = since.start if since else -math.inf
    end = until.end if until else math.inf
    time = start
    for event in events:
        time = time if event.time is None else event.time
        if start <= time < end:
            yield event
