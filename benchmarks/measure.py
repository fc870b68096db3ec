"""How claims of speed are measured: commands run in turns (A B C, A B C, …), medians, and a ratio of one run.

Absolute seconds say something about a machine only; a ratio between two programs that took turns on it says
something about the programs.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """One command's runs."""

    name: str
    wall: tuple[float, ...]
    processor: tuple[float, ...]
    """User and system time of the process and its children."""

    @property
    def median(self) -> float:
        """Median wall time."""
        return statistics.median(self.wall)


def mailtui(*words: str) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "mailtui", *words]


def is_installed(program: str) -> bool:
    """Is there such a program to compare with?"""
    return shutil.which(program) is not None


def in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Timing]:
    """Run every command once to warm up, then ``rounds`` times each, taking turns."""
    walls: dict[str, list[float]] = {name: [] for name in commands}
    processors: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, words in commands.items():
            wall, processor = _run(words)
            if number:
                walls[name].append(wall)
                processors[name].append(processor)
    return {name: Timing(name, tuple(walls[name]), tuple(processors[name])) for name in commands}


def _run(words: Sequence[str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # Not to /dev/null: GNU grep sees that nobody reads and stops at its first match.
    subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(timings: Mapping[str, Timing], ours: str) -> None:
    """A table: each command, and how many times its time ours took."""
    print(f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, {platform.platform()}")
    print(f"{'':28}{'median':>9}{'fastest':>9}{'CPU':>9}{'  ours takes':>14}")
    for timing in timings.values():
        ratio = "" if timing.name == ours else f"{timings[ours].median / timing.median:13.2f}×"
        processor = statistics.median(timing.processor)
        print(f"{timing.name:28}{timing.median:8.2f}s{min(timing.wall):8.2f}s{processor:8.2f}s{ratio}")
