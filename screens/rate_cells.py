"""How much went which way: sparklines and sums, as cells. Several values share a bar by their maximum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from mailtui.screens.cells import Cell, Line
from mailtui.screens.overview_cells import LABEL
from mailtui.screens.problems import DAY
from mailtui.screens.targets import OpenLog
from mailtui.screens.words import MUTED, count
from mailtui.services.live.model import LiveSnapshot, Minute

NUMBER = 9
HOUR_MINUTES = 60
BARS = " ▁▂▃▄▅▆▇█"
RATES: tuple[tuple[str, Callable[[Minute], int], str, str], ...] = (
    ("delivered", lambda minute: minute.delivered, "$text-success", "status:sent"),
    ("deferred", lambda minute: minute.deferred, "$text-warning", "status:deferred"),
    ("bounced", lambda minute: minute.bounced, "$text-error", "status:bounced or status:expired"),
    (
        "rejected",
        lambda minute: minute.rejected,
        "$text-accent",
        "event:reject or event:milter-reject or event:ps-reject",
    ),
)


def rate_lines(live: LiveSnapshot | None, width: int) -> tuple[Line, ...]:
    """A header and one line a rate: sparkline of the hour, then the last minute, hour and day."""
    room = max(0, min(HOUR_MINUTES, width - LABEL - 3 * NUMBER - 1))
    title = "Last hour".ljust(room)[:room]
    head = f"{'Rates'.ljust(LABEL)}{title} {'1 min':>{NUMBER}}{'1 hour':>{NUMBER}}{'24 hours':>{NUMBER}}"
    lines: list[Line] = [(Cell(head, MUTED),)]
    minutes = live.minutes if live else ()
    now = live.now if live else 0.0
    for name, pick, style, where in RATES:
        values = [pick(minute) for minute in minutes]
        numbers = [
            _number(values[span], OpenLog(where, start=now - seconds), style)
            for span, seconds in ((slice(-2, -1), 120.0), (slice(-60, None), 3600.0), (slice(None), DAY))
        ]
        spark = sparkline(values[-HOUR_MINUTES:], room)
        lines.append((Cell(name.ljust(LABEL), MUTED), Cell(spark, style), Cell(" "), *_spread(numbers)))
    return tuple(lines)


def _number(values: list[int], target: OpenLog, style: str) -> Cell:
    total = sum(values)
    text = count(total) if values else "–"
    return Cell(text, f"bold {style}" if total else MUTED, target if values else None)


def _spread(cells: list[Cell]) -> Iterable[Cell]:
    for cell in cells:
        yield Cell(" " * max(1, NUMBER - len(cell.text)))
        yield cell


def sparkline(values: list[int], width: int) -> str:
    """The values as bars, the newest at the right."""
    if width <= 0:
        return ""
    values = buckets(values, width)
    top = max(values, default=0)
    bars = (BARS[-(-value * (len(BARS) - 1) // top)] if top else " " for value in values)
    return "".join(bars).rjust(width)


def buckets(values: list[int], width: int) -> list[int]:
    """At most ``width`` values: several become their maximum, so that no peak is lost; few are widened."""
    if not values:
        return []
    edges = [i * len(values) // width for i in range(width + 1)]
    return [max(values[a : max(b, a + 1)]) for a, b in pairwise(edges)]
