"""How claims of speed are measured: commands run in turns (A B C, A B C, …), medians, and ratios of the rounds.

Absolute seconds say something about a machine only; a ratio between two programs that took turns on it says
something about the programs. Every program is started anew each time, and its start counts; what it reads is in the
page cache, since a first round that is not counted has read it. Python's compiled modules are kept, as pip keeps them.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
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

    def against(self, other: Timing) -> tuple[float, float]:
        """How many times the other's wall and processor time this took: the medians of the rounds' ratios."""
        walls = (mine / theirs for mine, theirs in zip(self.wall, other.wall, strict=True))
        processors = (mine / theirs for mine, theirs in zip(self.processor, other.processor, strict=True))
        return statistics.median(walls), statistics.median(processors)


def mailtui(*words: str) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "mailtui", *words]


def is_installed(program: str) -> bool:
    """Is there such a program to compare with?"""
    return shutil.which(program) is not None


def in_turns(commands: Mapping[str, Sequence[str]], rounds: int, output: int = subprocess.PIPE) -> dict[str, Timing]:
    """Run every command once to warm up, then ``rounds`` times each, taking turns.

    Not to /dev/null, unless ``output`` says so: GNU grep sees that nobody reads and stops at its first match.
    """
    return timed({name: (lambda: None, words) for name, words in commands.items()}, rounds, output)


def timed(
    runs: Mapping[str, tuple[Callable[[], object], Sequence[str]]], rounds: int, output: int = subprocess.PIPE
) -> dict[str, Timing]:
    """The same, where something must be made ready before each run, which is not timed."""
    walls: dict[str, list[float]] = {name: [] for name in runs}
    processors: dict[str, list[float]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory(prefix="mailtui-benchmark-") as folder:
        environment = _with_compiled_modules(folder)
        for number in range(rounds + 1):
            for name, (make_ready, words) in runs.items():
                make_ready()
                wall, processor = _run(words, output, environment)
                if number:
                    walls[name].append(wall)
                    processors[name].append(processor)
    return {name: Timing(name, tuple(walls[name]), tuple(processors[name])) for name in runs}


def spread(times: Sequence[float]) -> str:
    """Median and 95th percentile of seconds, in milliseconds."""
    return f"median {statistics.median(times) * 1e3:.0f} ms, p95 {statistics.quantiles(times, n=20)[18] * 1e3:.0f} ms"


def _with_compiled_modules(folder: str) -> dict[str, str]:
    """The environment, without what some test machines forbid: to keep modules compiled, which halves a start."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return environment | {"PYTHONPYCACHEPREFIX": folder}


def _run(words: Sequence[str], output: int, environment: Mapping[str, str]) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=output, stderr=subprocess.DEVNULL, env=environment)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(timings: Mapping[str, Timing], ours: str) -> None:
    """A table: each command, and how many times its wall and processor time ours took."""
    print(f"{len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}, {platform.platform()}")
    print(f"{'':28}{'median':>9}{'fastest':>9}{'CPU':>9}{'  ours takes':>14}{'of CPU':>10}")
    for timing in timings.values():
        processor = statistics.median(timing.processor)
        line = f"{timing.name:28}{timing.median:8.2f}s{min(timing.wall):8.2f}s{processor:8.2f}s"
        if timing.name != ours:
            wall, processor = timings[ours].against(timing)
            line += f"{wall:13.2f}×{processor:9.2f}×"
        print(line)
