"""How long ``mailtui report`` takes for 2 million mixed lines, against pflogsumm and lnav on the same file.

The aim is a quarter of pflogsumm's time on two cores, and no longer than lnav takes to count the deliveries.
``python -m benchmarks.report`` writes the log once, checks the totals against what happened, and lets the programs
take turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

from benchmarks.generate import Plan, write_log
from benchmarks.measure import in_turns, is_installed, mailtui, show

_OURS = "mailtui report"
_DELIVERIES = ";SELECT count(*) FROM syslog_log WHERE log_body LIKE '%status=sent%'"


def big_log(lines: int) -> Path:
    """A generated log of that many lines, written once; beside it what happened."""
    path = Path(tempfile.gettempdir()) / f"mailtui-benchmark-{lines}.log"
    if not path.with_name(path.name + ".json").exists():
        print(f"writing {path} …")
        write_log(Plan(lines), path)
    return path


def is_true(log: Path) -> bool:
    """Do the totals reported equal what happened?"""
    told = subprocess.run(mailtui("report", "--json", str(log)), check=True, capture_output=True).stdout
    totals = json.loads(told)["totals"]
    truth = json.loads(log.with_name(log.name + ".json").read_text())["totals"]
    return all(totals[name] == count for name, count in truth.items())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    log = big_log(options.lines)
    commands = {_OURS: mailtui("report", str(log))}
    if is_installed("pflogsumm"):
        commands["pflogsumm"] = ["pflogsumm", str(log)]
    if is_installed("lnav"):
        commands["lnav, all lines counted"] = ["lnav", "-n", "-c", ";SELECT count(*) FROM syslog_log", str(log)]
        commands["lnav, deliveries counted"] = ["lnav", "-n", "-c", _DELIVERIES, str(log)]
    print(f"{log}: {log.stat().st_size / 1e6:.0f} MB, totals {'equal' if is_true(log) else 'DIFFER FROM'} the truth")
    show(in_turns(commands, options.rounds), _OURS)


if __name__ == "__main__":
    main()
