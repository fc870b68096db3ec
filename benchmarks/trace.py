"""How long it takes to trace one message through 2 million lines of log, against ``grep -F`` for its queue ID.

The aim is twice grep's time. ``python -m benchmarks.trace`` writes the log once and lets the two take turns; each
starts anew, so that Python's start and the story are in it, and both find the log in the page cache.
"""

from __future__ import annotations

import argparse
import re

from benchmarks.measure import in_turns, mailtui, show
from benchmarks.report import big_log

_OURS = "mailtui trace"
_REMOVED = re.compile(rb": ([0-9A-F]{8,}): removed")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    log = big_log(options.lines)
    with log.open("rb") as file:
        file.seek(log.stat().st_size // 2)
        queue_id = next(match[1] for line in file if (match := _REMOVED.search(line))).decode()
    print(f"{queue_id} in {log}: {log.stat().st_size / 1e6:.0f} MB")
    commands = {
        _OURS: mailtui("trace", queue_id, "--log", str(log)),
        "grep -F": ["grep", "-F", queue_id, str(log)],
    }
    show(in_turns(commands, options.rounds), _OURS)


if __name__ == "__main__":
    main()
