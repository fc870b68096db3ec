"""Write a mail log of a given length, and beside it what really happened.

``python -m benchmarks.generate /tmp/mail.log --lines 2000000`` writes ``mail.log`` and ``mail.log.json``.
The same options give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.traffic.lines import Header, LineWriter
from benchmarks.traffic.mail import WAYS
from benchmarks.traffic.names import Names
from benchmarks.traffic.site import Habits, Site
from benchmarks.traffic.truth import Truth
from benchmarks.traffic.visitors import VISITS

START = 1_772_323_200.0
"""2026-03-01 00:00 UTC: in the past for every reader, so that nobody guesses another year."""
_LINES_A_SCENARIO = 8.1


@dataclass(frozen=True, slots=True)
class Plan:
    """One log: how much, from when, and in which form."""

    lines: int = 2_000_000
    seed: int = 1
    days: float = 6.0
    start: float = START
    header: Header = "rfc3339"
    zone_hours: float = 0.0
    habits: Habits = field(default_factory=Habits)
    users: int = 1500
    strangers: int = 8000
    clients: int = 6000


def generate(plan: Plan, write: Callable[[str], object]) -> Truth:
    """Write the planned log line by line and return what happened."""
    rng = random.Random(plan.seed)
    writer = LineWriter(write, plan.header, plan.zone_hours)
    site = Site(rng, Names(rng, plan.users, plan.strangers, plan.clients), writer, plan.habits)
    scenarios = [*WAYS, *VISITS]
    weights = [*WAYS.values(), *VISITS.values()]
    rate = plan.lines / _LINES_A_SCENARIO / (plan.days * 86400)
    time = plan.start + 1
    while writer.lines < plan.lines:
        daylight = 1 + 0.8 * math.sin((time % 86400) / 86400 * 2 * math.pi - math.pi / 2)
        time += rng.expovariate(rate * daylight)
        rng.choices(scenarios, weights)[0](site, time)
        writer.flush(time - 60)
    writer.flush()
    site.truth.lines = writer.written
    site.truth.first, site.truth.last = writer.span
    return site.truth


def write_log(plan: Plan, path: Path) -> Truth:
    """Write the planned log to ``path`` and its truth to ``path`` + ``.json``."""
    with path.open("w", encoding="utf-8", newline="\n") as log:
        truth = generate(plan, log.write)
    path.with_name(path.name + ".json").write_text(json.dumps(truth.as_json(), indent=1) + "\n")
    return truth


def main() -> None:
    """Read the options, write the files."""
    usual = Plan()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--lines", type=int, default=usual.lines)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--days", type=float, default=usual.days)
    parser.add_argument("--header", choices=("rfc3339", "rfc3164", "postlogd"), default=usual.header)
    parser.add_argument("--instance", default=usual.habits.instance)
    parser.add_argument("--long-queue-ids", action="store_true")
    parser.add_argument("--postfix", default="3.7", help="version whose forms to write (3.7, 3.10, 3.11)")
    parser.add_argument("--dovecot-share", type=float, default=usual.habits.dovecot_share)
    options = parser.parse_args()
    major, _, minor = options.postfix.partition(".")
    habits = Habits(
        instance=options.instance,
        long_queue_ids=options.long_queue_ids,
        postfix=(int(major), int(minor)),
        dovecot_share=options.dovecot_share,
    )
    plan = Plan(options.lines, options.seed, options.days, header=options.header, habits=habits)
    truth = write_log(plan, options.path)
    print(f"{truth.lines} lines, {truth.totals['received']} messages received: {options.path}")


if __name__ == "__main__":
    main()
