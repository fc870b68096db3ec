"""Claim: after an hour under 2,000 messages a minute the console is as small and as quick as after ten minutes.

``python -m benchmarks.endurance [--minutes 60] [--per-minute 2000]``, as root: a lab of its own with live traffic, logs
rotated every five minutes, a queue that somebody holds, releases and deletes in, and all views of a console on a
terminal opened one after the other all the time. A line a minute goes to the standard error, a row is printed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from benchmarks.console import Console
from benchmarks.endurance.load import Load, Loading, Pace
from benchmarks.endurance.visitor import Minute, Visitor, p95
from mailtui.host.priority import keys_first
from mailtui.lab import Lab

_BEFORE = 20.0
"""Seconds of traffic before the first key."""
_FILLING = 10
"""Minutes until what is kept of a log of this pace is complete: memory may grow until then, not after."""
_MOST_MEGABYTES = 150.0
_MOST_MILLISECONDS = 50.0
_MOST_SLOPE = 6.0
"""Megabytes an hour."""


def visit(pace: Pace, seed: int) -> tuple[Visitor, Load, float]:
    """The hour; also how many cores the console used.

    Who presses the keys and takes the time stands for a terminal on another machine: it is served first.
    """
    with Lab() as lab, Loading(lab, pace) as loading, keys_first():
        console = Console(lab.options())
        console.drain(_BEFORE)
        visitor = Visitor(console, seed)
        processor = console.processor
        visitor.stay(pace.minutes * 60)
        cores = (console.processor - processor) / (pace.minutes * 60)
        console.end()
        return visitor, loading.end(), cores


def slope(minutes: Sequence[Minute]) -> float:
    """Megabytes an hour that the console grew by after it had filled."""
    megabytes = [minute.megabytes for minute in minutes[min(_FILLING, len(minutes) // 2) :]]
    if len(megabytes) < 2:
        return 0.0
    return statistics.linear_regression(range(len(megabytes)), megabytes).slope * 60


def main() -> int:
    """Stay, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--per-minute", type=float, default=2_000.0, help="messages that Postfix takes in a minute")
    parser.add_argument("--rotate", type=float, default=300.0, help="seconds from rotation to rotation")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    visitor, load, cores = visit(Pace(options.minutes, options.per_minute, options.rotate), options.seed)
    problems = (*visitor.problems, *load.problems)
    kept = bool(visitor.minutes) and judge(visitor, load, cores)
    for problem in problems[:20]:
        print("error:", problem)
    return 0 if kept and load.pace >= options.per_minute and not problems else 1


def judge(visitor: Visitor, load: Load, cores: float) -> bool:
    """Print the row; whether the console was as small and as quick as claimed."""
    keys = [seconds for minute in visitor.minutes for seconds in minute.keys]
    lists = [seconds for minute in visitor.minutes for seconds in minute.lists]
    most, growth = max(minute.megabytes for minute in visitor.minutes), slope(visitor.minutes)
    print(
        f"| {load.minutes:.0f} min, {load.pace:.0f} messages/min, {load.lines:,} lines, "
        f"{load.rotations} rotations, queue {load.acted_on} | {len(keys)} keys, to the paint "
        f"median {statistics.median(keys) * 1e3:.0f} ms, p95 {p95(keys):.0f} ms (< {_MOST_MILLISECONDS:.0f}), "
        f"in a list p95 {p95(lists):.0f} ms | at most {most:.0f} MB (≤ {_MOST_MEGABYTES:.0f}), "
        f"{growth:+.1f} MB/h (< {_MOST_SLOPE:.0f}) | {cores:.2f} cores | "
        f"{len(visitor.problems) + len(load.problems)} errors |"
    )
    print("slowest:", ", ".join(f"{title} {seconds * 1e3:.0f} ms" for title, seconds in visitor.slowest.items()))
    return p95(keys) < _MOST_MILLISECONDS and most <= _MOST_MEGABYTES and growth < _MOST_SLOPE


if __name__ == "__main__":
    sys.exit(main())
