"""The events a command works on: of the files given or found, inside a time window, through a filter."""

from __future__ import annotations

import math
import time as clock
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.cli.inputs import is_stdin, read_lines
from mailtui.maillog.parser import Parser

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.filters import Filter
    from mailtui.filters.values import Moment
    from mailtui.maillog.model import Event


def all_events(context: Context, paths: list[Path], needles: tuple[bytes, ...] = ()) -> Iterator[Event]:
    """Every event of ``paths`` in turn; lines without all ``needles`` (lower case) need not be parsed."""
    for path in paths:
        parser = Parser(str(path), now=_latest(path))
        offset = 0
        for line in read_lines(context, path):
            if not needles or all(map(line.lower().__contains__, needles)):
                yield parser.parse(line.rstrip(b"\n"), offset)
            offset += len(line)


def _latest(path: Path) -> float | None:
    """No line of a file is younger than its last change: so the year of stamps without one is known."""
    return None if is_stdin(path) else min(clock.time(), path.stat().st_mtime + 1)


def within(events: Iterator[Event], since: Moment | None, until: Moment | None) -> Iterator[Event]:
    """Events in the window; one without a time belongs to the time of the one before it."""
    start = since.start if since else -math.inf
    end = until.end if until else math.inf
    time = start
    for event in events:
        time = time if event.time is None else event.time
        if start <= time < end:
            yield event


def matching(events: Iterator[Event], where: Filter | None) -> Iterator[Event]:
    """Events ``where`` lets through."""
    if not where:
        return events
    from mailtui.filters import event_fields

    return (event for event in events if where.matches(event_fields(event)))


def selected_events(context: Context) -> Iterator[Event]:
    """Events by the arguments of ``add_files``, ``add_where`` and ``add_window``."""
    options = context.options
    where: Filter | None = options.where
    needles = tuple(literal.encode() for literal in where.literals()) if where else ()
    events = all_events(context, context.log_paths(), needles)
    if options.since or options.until:
        events = within(events, options.since, options.until)
    return matching(events, where)
