"""The console ends with its terminal also while its event loop waits for ever to paint on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

_WAITS_FOR_EVER = """
import asyncio, queue
from mailtui.screens.hangup import Hangup

async def main():
    Hangup(print)
    paints = queue.Queue(1)
    paints.put("painted")
    print("ready", flush=True)
    paints.put("nobody takes it")

asyncio.run(main())
"""


def test_it_ends_when_the_terminal_is_gone() -> None:
    operator, program = os.openpty()
    argv = [sys.executable, "-c", _WAITS_FOR_EVER]
    process = subprocess.Popen(argv, stdin=program, stdout=program, stderr=program, start_new_session=True)
    os.close(program)
    with os.fdopen(operator, "rb", buffering=0) as terminal:
        while not terminal.read(1).endswith(b"\n"):  # all of it: half a line would still be written to a lost terminal
            pass
    assert process.wait(30) == 128 + signal.SIGHUP
