"""Claim: whatever stands in a log, nothing raises, nothing is lost or counted twice, and memory stays bounded.

``python -m benchmarks.fuzz [--lines 10000000] [--seed N]`` mutates real lines and feeds them to the parser, the books
of stories and incidents, the pages of the console, the report and its pflogsumm manner. Progress goes to the standard
error; a row, the seed and what did not hold are printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.follow import resident
from benchmarks.fuzz.mutations import Lines
from benchmarks.fuzz.reading import Reading
from benchmarks.generate import Plan, write_log

_PART = 20_000
"""Lines that one report is made of."""
_REAL = 60_000
_STAMP = b"Mar  1 10:00:00 mx "
_SAMPLES = Path(__file__).parents[2] / "tests/unit/maillog/data"


def real_lines() -> list[bytes]:
    """A log of some hours, among it one line of every kind that the grammar knows."""
    with tempfile.TemporaryDirectory(prefix="mailtui-fuzz-") as folder:
        log = Path(folder, "mail.log")
        write_log(Plan(_REAL, days=0.3, header="rfc3164"), log)
        lines = log.read_bytes().splitlines()
    for path in sorted(_SAMPLES.glob("*.txt")):
        samples = path.read_bytes().splitlines()
        lines += [_STAMP + line for line in samples if line and line[:1] not in b"# "]
    return lines


def main() -> int:
    """Feed, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    lines, reading = Lines(real_lines(), options.seed), Reading()
    begin, megabytes = time.monotonic(), [resident()]
    while reading.lines < options.lines:
        reading.read(list(lines.take(min(_PART, options.lines - reading.lines))))
        if reading.lines % 500_000 < _PART:
            megabytes.append(resident())
            print(
                f"{reading.lines:,} lines, {megabytes[-1]:.0f} MB, {time.monotonic() - begin:.0f} s, "
                f"{len(reading.problems)} problems",
                file=sys.stderr,
            )
    half = megabytes[len(megabytes) // 2 :]
    print(
        f"| {reading.lines:,} fuzzed lines, {reading.unparsed:,} of them unparsed | {len(reading.problems)} problems "
        f"| {half[0]:.0f} MB half way, {half[-1]:.0f} MB at the end | {time.monotonic() - begin:.0f} s |"
    )
    for problem in reading.problems[:20]:
        print("problem:", problem)
    return 1 if reading.problems else 0


if __name__ == "__main__":
    sys.exit(main())
