"""How well a log is kept up with: ``python -m benchmarks.follow [--seconds 20] [--rate 20000]``.

One process appends realistic traffic at a steady rate. This process follows it as the console does; a 1 ms tick in its
event loop tells how late a key press would be seen, and each half second it asks for a snapshot, as the console does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from benchmarks.generate import Plan, write_log
from mailtui.host.tools import LocalTools
from mailtui.services.live.log import LiveLog
from mailtui.services.logs import file_source

_TICK = 0.001
_LOOK = 0.5
_WRITES = 100
"""Writes a second, as syslog would from many processes at once."""


@dataclass
class Findings:
    """What was measured."""

    ticks: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    resident: float = 0.0
    cores: float = 0.0


def append(lines: Path, log: Path, rate: int, written: Synchronized[int]) -> None:
    """Append the prepared lines at ``rate`` a second; as fast as can be followed with rate 0."""
    portion = max(rate, 20_000) // _WRITES
    begin = time.monotonic()
    with lines.open("rb") as source, log.open("ab", buffering=0) as target:
        done = 0
        while data := b"".join(line for _, line in zip(range(portion), source, strict=False)):
            target.write(data)
            done += data.count(b"\n")
            written.value = done
            if rate:
                time.sleep(max(0.0, begin + done / rate - time.monotonic()))


def prepare(plan: Plan, path: Path) -> int:
    """Write a log in a process of its own, whose memory is not to be measured; how many lines it has."""
    writer = multiprocessing.get_context("spawn").Process(target=write_log, args=(plan, path))
    writer.start()
    writer.join()
    lines: int = json.loads(path.with_name(path.name + ".json").read_text())["lines"]
    return lines


def resident() -> float:
    """Megabytes this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def tick(found: Findings, done: asyncio.Event) -> None:
    """How much later than asked for the event loop comes back."""
    while not done.is_set():
        before = time.perf_counter()
        await asyncio.sleep(_TICK)
        found.ticks.append(time.perf_counter() - before - _TICK)


async def look(live: LiveLog, found: Findings, count: int, written: Synchronized[int]) -> None:
    """Ask for snapshots until all lines are in."""
    waiting: deque[tuple[float, int]] = deque()
    lines = -1
    while lines < count:
        waiting.append((time.monotonic(), written.value))
        await asyncio.sleep(_LOOK)
        before = time.monotonic()
        lines = (await asyncio.to_thread(live.snapshot)).lines
        now = time.monotonic()
        found.looks.append(now - before)
        found.resident = max(found.resident, resident())
        while waiting and waiting[0][1] <= lines:
            found.lags.append(now - waiting.popleft()[0] - _LOOK)


async def follow(live: LiveLog, lines: Path, log: Path, rate: int, count: int) -> Findings:
    """Follow while another process writes."""
    found = Findings()
    spawn = multiprocessing.get_context("spawn")
    written: Synchronized[int] = spawn.Value("q", 0)
    writer = spawn.Process(target=append, args=(lines, log, rate, written))
    done = asyncio.Event()
    writer.start()
    while not written.value:
        await asyncio.sleep(_TICK)
    ticking = asyncio.create_task(tick(found, done))
    cpu, wall = time.process_time(), time.monotonic()
    await look(live, found, count, written)
    found.cores = (time.process_time() - cpu) / (time.monotonic() - wall)
    done.set()
    await ticking
    writer.join()
    return found


def main() -> None:
    """Prepare the lines, follow them, print a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, default=20_000, help="lines a second; 0: as fast as can be followed")
    parser.add_argument("--past", type=int, default=100_000, help="lines there before")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailtui-", dir="/var/tmp") as folder:
        lines, log = Path(folder, "lines"), Path(folder, "mail.log")
        span = options.seconds / 86_400
        now = time.time()
        prepare(Plan(options.past, seed=2, days=0.2, start=now - 0.2 * 86_400), log)
        count = prepare(Plan(int(options.seconds * (options.rate or 20_000)), days=span, start=now), lines)
        live = LiveLog(lambda: (file_source(log),), LocalTools())
        live.start()
        while live.snapshot().loading:
            time.sleep(0.05)
        past = live.snapshot().lines
        found = asyncio.run(follow(live, lines, log, options.rate, past + count))
        live.stop()
    quantiles = statistics.quantiles(found.ticks, n=100)
    print(
        f"| follow {count} lines at {options.rate or 'any'}/s | {found.cores:.2f} cores (< 1) "
        f"| shown within {max(found.lags):.2f} s (< 1) "
        f"| event loop late p95 {quantiles[94] * 1e3:.1f} ms (< 15), p99 {quantiles[98] * 1e3:.1f} ms "
        f"| snapshot {statistics.median(found.looks) * 1e3:.0f} ms | {found.resident:.0f} MB (≤ 150 with the screen) |"
    )


if __name__ == "__main__":
    main()
