"""Claim: a table of a million entries opens within 3 s and is searched at once.

``python -m benchmarks.maps [--entries 1000000] [--rounds 5]``. What the console does with such a table is done here
without the screen: reading it for the first page, then a search; and each by ``grep`` on the same file, which has
nothing to parse. Checking it entry by entry comes after the page is shown.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mailtui.filters import parse
from mailtui.host.files import read_file
from mailtui.services.postfix.maps.check import LARGEST
from mailtui.services.postfix.maps.flaws import text_flaws
from mailtui.services.postfix.maps.rows import rows_of
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.maps.uses import Surroundings


def write(path: Path, entries: int) -> None:
    """A virtual alias table as large sites have them."""
    with path.open("w") as file:
        for number in range(entries):
            file.write(f"user{number:07}@shop{number % 997}.example\tbox{number % 5000}@mail.example\n")


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Median time of doing it."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailtui-bench-") as folder:
        path = Path(folder, "virtual")
        write(path, options.entries)
        table = Table(f"hash:{path}", (Use("virtual_alias_maps"),))
        source = Source.read(read_file(path, limit=LARGEST).data)
        by_value = parse("value:*box77@*")
        word = f"user{options.entries // 2:07}"

        def opened() -> object:
            return rows_of(Source.read(read_file(path, limit=LARGEST).data), parse(""))

        def grepped() -> object:
            return subprocess.run(["grep", "-ic", word, str(path)], check=False, stdout=subprocess.PIPE)

        print(f"{options.entries} entries, {path.stat().st_size / 1e6:.0f} MB; medians of {options.rounds}")
        print(f"  open, first page     {seconds(opened, options.rounds):.2f} s")
        print(f"  search a word        {seconds(lambda: rows_of(source, parse(word)), options.rounds):.2f} s")
        print(f"  search a value       {seconds(lambda: rows_of(source, by_value), options.rounds):.2f} s")
        print(f"  grep -i              {seconds(grepped, options.rounds):.2f} s")
        print(f"  check every entry    {seconds(lambda: text_flaws(table, source, Surroundings()), 1):.2f} s")


if __name__ == "__main__":
    main()
