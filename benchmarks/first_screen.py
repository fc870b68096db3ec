"""Claim: what an operator sees first does not take longer on 3 GB of log than on 30 MB, and is there within a second.

``python -m benchmarks.first_screen`` starts a process per run, the two logs taking turns. Measured from the process's
start: the first snapshot with incidents, and the last lines of the log view; and the most memory held until then.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.generate import Plan, write_log

_SMALL = 30_000_000
_TIMES = 100
"""How often the small log is repeated in the big one."""
_LINES = 50


def probe(path: Path, begin: float) -> dict[str, float]:
    """Do what the console does first; seconds since the process was started at ``begin``, and megabytes."""
    from mailtui.host.tools import LocalTools
    from mailtui.services.live.log import LiveLog
    from mailtui.services.logs import BlockIndex, file_source

    live = LiveLog(lambda: (file_source(path),), LocalTools())
    live.start()
    while not live.snapshot().incidents:
        time.sleep(0.001)
    snapshot = time.monotonic() - begin
    opening = time.monotonic()
    index = BlockIndex(path)
    assert len(index.read_lines(index.end - _LINES, _LINES)) == _LINES
    lines = time.monotonic() - opening
    index.close()
    live.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"snapshot": snapshot, "lines": lines, "peak": peak}


def write_logs(folder: Path) -> tuple[Path, Path]:
    """The small log of the last hours, and the big one."""
    small, big = folder / "small.log", folder / "big.log"
    write_log(Plan(_SMALL // 158, days=0.5, start=time.time() - 43_200), small)
    data = small.read_bytes()
    with big.open("wb") as file:
        for _ in range(_TIMES):
            file.write(data)
    return small, big


def main() -> None:
    """Write the logs, let them take turns, print a row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--probe", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--begin", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        print(json.dumps(probe(options.probe, options.begin)))
        return
    found: dict[Path, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="mailtui-", dir="/var/tmp") as folder:
        logs = write_logs(Path(folder))
        for _ in range(options.rounds):
            for log in logs:
                begin = str(time.monotonic())
                words = [sys.executable, "-m", "benchmarks.first_screen", "--probe", str(log), "--begin", begin]
                told = json.loads(subprocess.run(words, check=True, capture_output=True, timeout=120).stdout)
                found.setdefault(log, []).append(told)
    for name, unit in (("snapshot", "s"), ("lines", "s"), ("peak", "MB")):
        small, big = (statistics.median(run[name] for run in found[log]) for log in logs)
        print(f"| first {name} | 30 MB: {small:.3f} {unit} | 3 GB: {big:.3f} {unit} | {big / small:.2f}× |")


if __name__ == "__main__":
    main()
