"""The console's own thread has short turns where the kernel knows them; threads and programs it starts have not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.host.turns import short_turns

_TURN = re.compile(r"se\.slice +: +(\d+)")
_TELL = """
import threading
from pathlib import Path
from mailtui.host.tools import LocalTools
from mailtui.host.turns import short_turns

def told():
    print(Path("/proc/thread-self/sched").read_text())

assert short_turns()
told()
thread = threading.Thread(target=told)
thread.start()
thread.join()
print(LocalTools().run(["cat", "/proc/self/sched"]).text)
"""


def _kernel() -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])


def _turns(code: str) -> list[int]:
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return [int(turn) for turn in _TURN.findall(told)]


@pytest.mark.skipif(_kernel() < (6, 12), reason="before Linux 6.12 every turn is as long as the others")
@pytest.mark.skipif(not Path("/proc/self/sched").exists(), reason="this kernel does not tell how long turns are")
def test_the_kernel_agrees_and_what_is_started_has_turns_as_others() -> None:
    (usual,) = _turns("from pathlib import Path; print(Path('/proc/self/sched').read_text())")
    assert _turns(_TELL) == [100_000, usual, usual]


def test_a_processor_whose_call_is_not_known_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtui.host.turns._SCHED_SETATTR", {})
    assert not short_turns()
