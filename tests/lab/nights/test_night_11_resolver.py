"""Night 11: the resolver dies; "Host not found" everywhere, and nothing is wrong with the mail system.

/etc/resolv.conf is the whole machine's, so the night passes in a mount namespace of its own: ``inside_night_11.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSIDE = Path(__file__).with_name("inside_night_11.py")


@pytest.mark.parametrize("way", ["keys", "command_line"])
def test_in_a_machine_whose_resolver_is_dead(way: str) -> None:
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--mount", "--propagation", "private", "--"]
    if unshare is None or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespace can be made here")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", way, str(INSIDE)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run([*alone, *argv], check=False, capture_output=True, text=True, timeout=110, env=environment)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
