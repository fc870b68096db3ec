"""When Postfix tries a message again and when it gives up: qmgr(8), QSHAPE_README, postconf(5).

After a failed attempt the queue manager sets the time of the queue file to the next one: as far ahead as the message is
old, but not less than ``minimal_backoff_time`` nor more than ``maximal_backoff_time``. Every ``queue_run_delay`` it
looks for files whose time has come.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.model import QueueEntry

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """The parameters that rule it, in seconds."""

    minimal_backoff: float
    maximal_backoff: float
    queue_run_delay: float
    lifetime: float
    bounce_lifetime: float

    def next_attempt(self, entry: QueueEntry, last_attempt: float | None) -> float | None:
        """The earliest next attempt of a deferred message, by the rule; None where the last one is not known."""
        if last_attempt is None or entry.queue_name != "deferred":
            return None
        age = last_attempt - entry.arrival_time
        return last_attempt + min(max(age, self.minimal_backoff), self.maximal_backoff)

    def expires(self, entry: QueueEntry) -> float:
        """From when on a failed attempt is the last one."""
        return entry.arrival_time + (self.bounce_lifetime if entry.is_bounce else self.lifetime)


def schedule_of(postfix: PostfixConfig) -> Schedule:
    """What this instance's parameters say; raises what ``PostfixConfig.get`` raises."""
    return Schedule(
        _seconds(postfix.get("minimal_backoff_time"), 300),
        _seconds(postfix.get("maximal_backoff_time"), 4000),
        _seconds(postfix.get("queue_run_delay"), 300),
        _seconds(postfix.get("maximal_queue_lifetime"), 5 * _DAY, unit=_DAY),
        _seconds(postfix.get("bounce_queue_lifetime"), 5 * _DAY, unit=_DAY),
    )


def _seconds(text: str, default: float, unit: float = 1.0) -> float:
    """A time parameter; a bare number is in the parameter's own unit."""
    from mailtui.filters.values import duration

    seconds = duration(text)
    if seconds is None:
        return default
    return seconds * unit if text[-1].isdigit() else seconds


def file_times(folder: Path, wanted: Mapping[str, str]) -> dict[str, float]:
    """The times of the queue files below ``folder`` by queue ID, as ``wanted`` has it, which maps each to itself.

    Empty where this user may not look.
    """
    times: dict[str, float] = {}
    try:
        with os.scandir(folder) as found:
            for file in found:
                known = wanted.get(file.name)
                if known is not None:
                    times[known] = file.stat(follow_symlinks=False).st_mtime
                elif len(file.name) == 1:
                    times |= file_times(Path(file.path), wanted)
    except OSError:  # not ours to read, or delivered this moment
        pass
    return times
