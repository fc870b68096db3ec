"""The process that starts a lab, keeps it, and stops it when its owner is gone, however it went.

The owner holds the other end of this process's standard input and reads ``ready``, or why not, from its standard
output. ``python -m mailtui.lab.keeper FOLDER PORTS``: PORTS is a JSON object.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import sys
from pathlib import Path

from mailtui.lab import daemons, sink
from mailtui.lab.lab import READY
from mailtui.lab.layout import Layout


def keep(layout: Layout, ports: dict[str, int]) -> None:
    """Run the lab until standard input ends, then leave nothing behind."""
    unlocked = layout.folder / "keeper"
    with unlocked.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        unlocked.rename(layout.keeper_lock)  # nobody may find it before it is locked
        try:
            with sink.running(layout, ports):
                daemons.start(layout, ports.values())
                print(READY, flush=True)  # noqa: T201 - the owner waits for this word
                sys.stdin.buffer.read()
        except Exception as error:
            print(error, flush=True)  # noqa: T201 - or for what went wrong, whatever it was
        finally:
            daemons.stop(layout)
            shutil.rmtree(layout.folder, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # not SIG_IGN, which the daemons would inherit
    keep(Layout(Path(sys.argv[1])), json.loads(sys.argv[2]))
