"""One report by several processes: each reads its share of the lines, the parent adds up."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from mailtui.maillog.report.lane import Lane
from mailtui.maillog.report.messages import Unfinished
from mailtui.maillog.report.source import LogLines, newest_time
from mailtui.maillog.report.tally import Tally
from mailtui.maillog.report.window import Window
from mailtui.maillog.scan import Part

Result = tuple[Tally, Unfinished]
Share = Sequence[Part]


def read_shares(shares: Sequence[Share], window: Window | None = None) -> list[Result]:
    """Read every share but the first in a child process, and the first here meanwhile.

    A process with threads must not fork: there the shares are read one after the other.
    """
    if len(shares) == 1 or threading.active_count() > 1:
        return [read_share(share, window, first_part=share is shares[0]) for share in shares]
    context = multiprocessing.get_context("fork")
    children = []
    for share in shares[1:]:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_read_in_child, args=(share, window, theirs), daemon=True)
        child.start()
        theirs.close()
        children.append((child, ours))
    results = [read_share(shares[0], window)]
    for child, ours in children:
        results.append(_result(ours))
        child.join()
    return results


def read_share(share: Share, window: Window | None = None, *, first_part: bool = True) -> Result:
    """Read one share."""
    newest = max((newest_time(part.path) for part in share), default=None)
    lane = Lane(first_part=first_part, newest=newest)
    lines = LogLines(window)
    for part in share:
        for block in lines.of(part):
            lane.feed(block)
    unfinished = lane.finish()
    lane.tally.first, lane.tally.last = lines.first, lines.last
    return lane.tally, unfinished


def _read_in_child(share: Share, window: Window | None, theirs: Connection) -> None:
    try:
        theirs.send(read_share(share, window, first_part=False))
    except Exception as error:  # whatever ends the child must reach the parent
        theirs.send(error)


def _result(ours: Connection) -> Result:
    try:
        outcome = ours.recv()
    except EOFError:
        raise ChildProcessError("a process that read a part of the log was killed") from None
    if isinstance(outcome, Exception):
        raise outcome
    tally, unfinished = outcome
    return tally, unfinished
