"""The log lines of a story, kept small: their parts are joined into a line only when somebody looks."""

from __future__ import annotations

import time
from functools import lru_cache

from mailtui.maillog.model import Event, LineRef

Line = tuple[int, str, int, float | None, str, str, int | None, str]
"""Number in the order of reading, source, offset, time, host, program, process, text."""


def line_of(number: int, event: Event) -> Line:
    """The line an event was read from."""
    return number, event.source, event.offset, event.time, event.host, event.program, event.pid, event.text


def line_ref(line: Line) -> LineRef:
    """Where the line stands, and the line."""
    _, source, offset, stamp, host, program, pid, text = line
    return LineRef(source, offset, _joined(stamp, host, program, pid, text))


def event_ref(event: Event) -> LineRef:
    """Where the event's line stands, and the line."""
    return line_ref(line_of(0, event))


def _joined(stamp: float | None, host: str, program: str, pid: int | None, text: str) -> str:
    """The line again, as syslog would write it, in local time."""
    name = program if pid is None else f"{program}[{pid}]"
    head = f"{name}: " if name else ""
    parts = (_stamp(int(stamp)) if stamp is not None else "", host, head + text)
    return " ".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def _stamp(second: int) -> str:
    return time.strftime("%b %e %H:%M:%S", time.localtime(second))
