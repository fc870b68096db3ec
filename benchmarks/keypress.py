"""Claim: the console answers keys at once on a 3 GB log that grows by 20,000 lines a second, and stays small.

``python -m benchmarks.keypress [--seconds 20] [--rate 20000]`` starts the whole console on a terminal of its own.
A key is answered when what it brings has arrived at the terminal: a mark in a list, which paints two lines, and another
view, which paints all 50.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from benchmarks.console import Console
from benchmarks.first_screen import write_logs
from benchmarks.follow import append, prepare
from benchmarks.generate import Plan
from benchmarks.measure import spread

_MARKS = ((" ", b"marked, rows keep"), ("U", b"What fails"))
_VIEWS = (("1", b"Overview"), ("3", b"mail.log"), ("2", b"Incidents"))
_BETWEEN = 0.15
"""Seconds between an answer and the next key: as fast as anybody types."""


@dataclass
class Findings:
    """What was measured."""

    lists: list[float] = field(default_factory=list)
    """Seconds to the answer of a key in a list."""
    views: list[float] = field(default_factory=list)
    """Seconds to another view."""
    cores: float = 0.0
    megabytes: float = 0.0


def measure(console: Console, seconds: float) -> Findings:
    """Press keys for so many seconds."""
    found = Findings()
    console.answer("2", b"Incidents")
    processor, begin = console.processor, time.monotonic()
    while time.monotonic() - begin < seconds:
        for times, keys in ((found.lists, _MARKS * 4), (found.views, _VIEWS)):
            for key, shows in keys:
                times.append(console.answer(key, shows))
                console.drain(_BETWEEN)
        found.megabytes = max(found.megabytes, console.megabytes)
    found.cores = (console.processor - processor) / (time.monotonic() - begin)
    return found


def main() -> None:
    """Write the log, start the console, let the log grow, press keys, print a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, default=20_000, help="lines a second")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="mailtui-", dir="/var/tmp") as folder:
        small, big = write_logs(Path(folder))
        small.unlink()
        log, lines = big.rename(Path(folder, "mail.log")), Path(folder, "lines")
        count = int(options.seconds * 1.5 * options.rate)
        prepare(Plan(count, days=options.seconds * 1.5 / 86_400, start=time.time()), lines)
        console = Console([f"--log={log}", f"--state={folder}/state"])
        console.drain(20.0)
        written: Synchronized[int] = spawn.Value("q", 0)
        writer = spawn.Process(target=append, args=(lines, log, options.rate, written))
        writer.start()
        console.drain(2.0)
        found = measure(console, options.seconds)
        writer.terminate()
        writer.join()
        console.end()
    print(
        f"| at {options.rate} lines/s on 3 GB | key in a list {spread(found.lists)} (< 50) "
        f"| another view {spread(found.views)} | {found.cores:.2f} cores (< 1) | {found.megabytes:.0f} MB (≤ 150) |"
    )


if __name__ == "__main__":
    main()
