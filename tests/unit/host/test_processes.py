"""What is seen of the machine's processes and file systems."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mailtui.host import processes
from tests.support.waiting import until


def test_a_running_program_is_found_by_name_and_a_missing_one_is_not() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert processes.running(["sleep"]) is not None
        assert processes.is_program(child.pid, ["sleep"])
        assert not processes.is_program(child.pid, ["master"])
        child.kill()
        assert until(lambda: not processes.is_program(child.pid, ["sleep"])), "a zombie does not run"
    assert not processes.is_program(child.pid, ["sleep"])
    assert processes.running(["no-such-program"]) is None


def test_disk_counts_only_what_an_ordinary_user_may_fill(tmp_path: Path) -> None:
    disk = processes.disk(tmp_path)
    there = os.statvfs(tmp_path)
    assert 0 <= disk.free <= disk.total <= there.f_blocks * there.f_frsize


def test_load_and_processors() -> None:
    assert len(processes.load()) == 3
    assert 1 <= processes.cpus() <= (os.cpu_count() or 1)


def test_looking_for_processes_is_the_only_reason_to_load_psutil() -> None:
    script = "import sys, mailtui.services.logs; print({'psutil', 'sh', 'watchfiles', 'textual'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
