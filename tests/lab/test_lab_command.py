"""``python -m mailtui.lab``: what it starts can be stopped like any Postfix and Dovecot, and is gone with it."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

from tests.lab.observing import gone

LAB = [sys.executable, "-m", "mailtui.lab"]


def blocked(pid: str) -> int:
    """The signals that a process does not hear, as a mask."""
    lines = Path("/proc", pid, "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("SigBlk:")).split()[1], 16)


def test_dovecot_hears_that_it_is_to_stop_and_ctrl_c_leaves_nothing() -> None:
    with subprocess.Popen(LAB, stdout=subprocess.PIPE, text=True, start_new_session=True) as lab:
        assert lab.stdout is not None
        options = dict(word.partition("=")[::2] for word in shlex.split(lab.stdout.readline())[1:])
        root = Path(options["--state"]).parent
        pid = (root / "run" / "master.pid").read_text().strip()
        assert blocked(pid) & (1 << signal.SIGTERM - 1) == 0
        lab.send_signal(signal.SIGINT)
        assert lab.wait(60) == 0
    assert gone(root)


def test_it_is_not_started_by_a_question() -> None:
    asked = subprocess.run([*LAB, "--help"], capture_output=True, text=True, timeout=60)
    assert "takes no options" in asked.stdout
    assert asked.returncode == 0
