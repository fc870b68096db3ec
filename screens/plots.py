"""The rates of the last hour and the last day, drawn as high as there is room: one band a rate, each to its scale.

Bands of their own scale, because one bounce matters beside a thousand deliveries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailtui.screens.cells import Cell, Line
from mailtui.screens.rate_cells import BARS, RATES, buckets
from mailtui.screens.targets import OpenLog
from mailtui.screens.words import MUTED, count
from mailtui.services.live.model import LiveSnapshot

NAME, SCALE = 9, 6
"""Cells for the names and the highest values at the left."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a plot covers."""

    title: str
    minutes: int


HOUR = Span("Last hour", 60)
DAY = Span("Last 24 hours", 24 * 60)


def plot_lines(live: LiveSnapshot | None, span: Span, width: int, height: int) -> tuple[Line, ...]:
    """A title, the bands, and the times below."""
    tall = (height - 2) // len(RATES)
    room = width - NAME - SCALE - 1
    if live is None or not live.minutes or tall < 1 or room < 10:
        return ((Cell(span.title, MUTED),),)
    lines: list[Line] = [(Cell(f"{span.title}, per minute", MUTED),)]
    for name, pick, style, where in RATES:
        values = buckets([pick(minute) for minute in live.minutes[-span.minutes :]], room)
        target = OpenLog(where, start=live.now - span.minutes * 60)
        lines += _band(name, values, style, tall, room, target)
    return (*lines, _axis(live, span, room))


def _band(name: str, values: list[int], style: str, tall: int, room: int, target: OpenLog) -> list[Line]:
    top = count(max(values, default=0))
    bars = [Cell(row, style) for row in bar_rows(values, room, tall)]
    first = (Cell(name.ljust(NAME), style, target), Cell(f"{top:>{SCALE}} ", MUTED), bars[0])
    below = [(Cell(" " * (NAME + SCALE + 1)), row) for row in bars[1:]]
    return [first, *below]


def bar_rows(values: list[int], width: int, height: int) -> list[str]:
    """Bars ``height`` rows high, the upper row first; anything above nothing shows."""
    top = max(values, default=0)
    steps = len(BARS) - 1
    filled = [-(-value * height * steps // top) if top else 0 for value in values]
    return [
        "".join(BARS[max(0, min(steps, full - row * steps))] for full in filled).rjust(width)
        for row in reversed(range(height))
    ]


def _axis(live: LiveSnapshot, span: Span, room: int) -> Line:
    start = datetime.fromtimestamp(live.now - span.minutes * 60)
    middle = datetime.fromtimestamp(live.now - span.minutes * 30)
    half = room // 2
    text = f"{start:%H:%M}".ljust(half - 2) + f"{middle:%H:%M}".ljust(room - half - 1) + "now"
    return (Cell(" " * (NAME + SCALE + 1) + text[:room], MUTED),)
