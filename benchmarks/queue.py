"""How long it takes to list, filter, sort, scroll and hold in a real queue of 50,000 messages.

``python -m benchmarks.queue``, as root: it starts a lab, which takes a minute to fill, and stops it. The aims: listing
at most 1.3 times ``postqueue -j > /dev/null``, filter and sort in 100 ms, scrolling in 50, 150 MB of memory, and
holding 10,000 messages at most 1.2 times the bare ``postsuper -h -``.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.console import Console
from benchmarks.measure import Timing, in_turns, mailtui, show, spread
from mailtui.filters import parse
from mailtui.host.collector import collector_resting
from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.services.changing import build_changes
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.queue.fields import FIELDS
from mailtui.services.postfix.queue.model import QueueEntry
from mailtui.services.postfix.queue.plans import QueuePlans
from mailtui.services.postfix.queue.select import ordered, select
from mailtui.services.postfix.queue.service import Queue
from mailtui.services.postfix.queue.shape import shape
from mailtui.settings import Settings

_DAY = 86_400
_PORTION = 2_000
_OURS = "mailtui queue"
_DOMAINS = ("accept", "grey", "full", "unknown", "strict", "busy", "drop")
_FILTERS = (
    "sender:sender7@",
    "recipient:*@full.example",
    "age>2h message_size>1M",
    'reason~"def.*port"',
    "-sender_domain:shop1 each_recipient:full",
)
_HELD = 'sender~"^sender[0-4]@"'
_QUEUE_ID = re.compile(rb"\b[0-9A-F]{10,12}\b")
_START, _BETWEEN = 10.0, 0.15
"""Seconds until the console has read all, and between two keys."""
_KEYS = ("-age", *FIELDS, "recipient_domain")


def fill(lab: Lab, count: int) -> None:
    """``count`` messages that wait for ever: accepted by smtpd(8), deferred by qmgr(8), tried tomorrow."""
    lab.command("postconf", "-e", "defer_transports=smtp", f"minimal_backoff_time={_DAY}", f"queue_run_delay={_DAY}")
    lab.command("postconf", "-e", f"maximal_backoff_time={_DAY}")
    lab.command("postfix", "reload")
    smtp_source = LocalTools().find("smtp-source") or "smtp-source"
    for number in range(count // _PORTION):
        sender = f"sender{number}@shop{number % 7}.example"
        recipient = f"who@{_DOMAINS[number % len(_DOMAINS)]}.example"
        options = ["-N", "-s", "10", "-l", "2000", "-m", str(_PORTION), "-f", sender, "-t", recipient]
        subprocess.run([smtp_source, *options, f"127.0.0.1:{lab.ports['smtp']}"], check=True)
    while any(any((lab.queue / name).iterdir()) for name in ("incoming", "active")):
        time.sleep(0.5)


def lists(lab: Lab, rounds: int) -> None:
    """Programs in turns."""
    options = lab.options()
    commands = {
        _OURS: mailtui(*options, "queue"),
        "mailtui queue --json": mailtui(*options, "queue", "--json"),
        "  without the log": mailtui(*options, "queue", "--json", "--no-log"),
        "postqueue -j": ["postqueue", "-c", str(lab.postfix_config), "-j"],
    }
    show(in_turns(commands, rounds, subprocess.DEVNULL), _OURS)


def choices(entries: Sequence[QueueEntry], rounds: int) -> None:
    """What a key press costs in the console, where the collector waits until nobody does."""
    with collector_resting():
        _choices(entries, rounds)


def _choices(entries: Sequence[QueueEntry], rounds: int) -> None:
    for text in _FILTERS:
        wanted = parse(text)
        print(f"filter {text:42}{_milliseconds(partial(select, entries, wanted), rounds):5.0f} ms")
    for key in _KEYS:
        print(f"sort   {key:42}{_milliseconds(partial(ordered, entries, key), rounds):5.0f} ms")
    print(f"shape  {'sender':42}{_milliseconds(partial(shape, entries, 'sender'), rounds):5.0f} ms")


def holds(lab: Lab, entries: Sequence[QueueEntry], rounds: int) -> None:
    """One plan for many messages, verified and journalled, against the bare tool; both hold the same ones.

    The plan is carried out in this process, as the console does; the bare tool is started.
    """
    chosen = select(entries, parse(_HELD))
    ids = "".join(f"{entry.queue_id}\n" for entry in chosen)
    tools = LocalTools()
    postfix, dovecot = PostfixConfig(tools, lab.postfix_config), DovecotConfig(tools, lab.dovecot_config)
    changes = build_changes(Settings(state=lab.state), tools, postfix, dovecot)
    plans = QueuePlans(tools, postfix, dovecot, lab.state)

    def postsuper(option: str) -> None:
        words = ["postsuper", "-c", str(lab.postfix_config), option, "-"]
        subprocess.run(words, input=ids, text=True, check=True, capture_output=True)

    deeds: dict[str, Callable[[], object]] = {
        "the plan": lambda: changes.apply(plans.hold(chosen)),
        "postsuper -h -": partial(postsuper, "-h"),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in deeds}
    for number in range(rounds + 1):
        for name, deed in deeds.items():
            start, before = time.perf_counter(), _processor()
            deed()
            if number:
                times[name].append((time.perf_counter() - start, _processor() - before))
            postsuper("-H")
    ours, theirs = (Timing(name, *zip(*found, strict=True)) for name, found in times.items())
    wall, processor = ours.against(theirs)
    fastest = min(ours.wall) / min(theirs.wall)
    print(f"hold {len(chosen)}: the plan {ours.median:.2f} s, {theirs.name} {theirs.median:.2f} s: {wall:.2f}×")
    print(f"  the fastest of each {fastest:.2f}×, of CPU {processor:.2f}×")


def scrolls(lab: Lab, rounds: int) -> None:
    """From the first message to the last and back in the console: from the key to the painted list."""
    console = Console(lab.options())
    console.drain(_START)
    console.answer("4", b"Queue ID")
    console.drain(_START)
    shown: dict[str, set[bytes]] = {}
    for key in "Gg":
        console.answer(key, b"")
        shown[key] = set(_QUEUE_ID.findall(console.drain(2.0)))
    marks = {"G": (shown["G"] - shown["g"]).pop(), "g": (shown["g"] - shown["G"]).pop()}
    times = []
    for _ in range(5 * rounds):
        for key, mark in marks.items():
            times.append(console.answer(key, mark))
            console.drain(_BETWEEN)
    print(f"scroll: key to paint {spread(times)}; {console.megabytes:.0f} MB")
    console.end()


def _processor() -> float:
    """Seconds that this process and the programs it has started have computed."""
    return sum(os.times()[:4])


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with Lab(retry_seconds=_DAY) as lab:
        fill(lab, options.messages)
        lists(lab, options.rounds)
        tools = LocalTools()
        queue = Queue(tools, PostfixConfig(tools, lab.postfix_config), log_files=lambda since: [lab.log])
        listing = queue.read()
        print(f"{len(listing.entries)} messages; joined in {_milliseconds(lambda: queue.joined(listing), 3):.0f} ms")
        joined = queue.joined(listing, thorough=True)
        choices(joined.entries, options.rounds)
        holds(lab, joined.entries, options.rounds)
        scrolls(lab, options.rounds)
        print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
