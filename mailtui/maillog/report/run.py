"""From files to a report."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from mailtui.maillog.report.domains import AS_LOGGED, Alike
from mailtui.maillog.report.resolve import join_parts, resolve
from mailtui.maillog.report.source import LogLines, newest_time, oldest_first
from mailtui.maillog.report.summary import Report, summarise, with_sender_domains
from mailtui.maillog.report.window import Window
from mailtui.maillog.report.workers import Result, read_shares
from mailtui.maillog.scan import Part, divide


def report(
    paths: Sequence[Path],
    *,
    since: float | None = None,
    until: float | None = None,
    compat: bool = False,
    alike: Alike = AS_LOGGED,
    workers: int | None = None,
) -> Report:
    """Summarise the logs, ``-`` for standard input; ``compat`` counts as pflogsumm 1.1.5 does."""
    window = Window.between(since, until)
    with _no_garbage_collection():
        if compat:
            return _as_pflogsumm(paths, window, alike)
        shares = divide(oldest_first(paths), workers or len(os.sched_getaffinity(0)))
        return add_up(read_shares(shares or [[]], window), _newest_day(paths), alike)


def add_up(results: Sequence[Result], newest: date, alike: Alike = AS_LOGGED) -> Report:
    """The report of consecutive parts of a log; the first part's tally takes in the others."""
    tally, *others = [part for part, _ in results]
    for other in others:
        tally.merge(other)
    join_parts(tally, [unfinished for _, unfinished in results])
    resolve(tally, newest)
    return summarise(tally, newest, alike)


def _as_pflogsumm(paths: Sequence[Path], window: Window | None, alike: Alike) -> Report:
    from mailtui.maillog.report.compat import Pflogsumm

    counter = Pflogsumm(date.today())
    lines = LogLines(window)
    for path in oldest_first(paths):
        for block in lines.of(Part(path)):
            counter.feed(block)
    counter.tally.first, counter.tally.last = lines.first, lines.last
    return with_sender_domains(summarise(counter.tally, _newest_day(paths), alike), counter.sender_domains)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Millions of objects are made, and no cycles of them: looking for some costs a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()  # or the first collection would walk them all
            gc.enable()


def _newest_day(paths: Sequence[Path]) -> date:
    """A day no line is later than: it tells the year where the log has none."""
    return date.fromtimestamp(max(map(newest_time, paths))) if paths else date.today()
