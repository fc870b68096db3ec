"""Events of several logs in one order: by time, each log keeping its own order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from mailtui.maillog.model import Event


def merge(*logs: Iterable[Event]) -> Iterator[Event]:
    """Events by time; what goes back in time, or has none, follows its predecessor in the same file."""
    for _, _, event in heapq.merge(*(_keyed(number, log) for number, log in enumerate(logs)), key=lambda k: k[:2]):
        yield event


def _keyed(number: int, log: Iterable[Event]) -> Iterator[tuple[float, int, Event]]:
    latest = float("-inf")
    for event in log:
        if event.time is not None and event.time > latest:
            latest = event.time
        yield latest, number, event
