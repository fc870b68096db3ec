"""An ordinary user gets a lab, or one sentence that says what is missing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.lab import namespace
from mailtui.lab.layout import Layout
from tests.lab.observing import eventually_logged, gone

AS_NOBODY = """
printf 'nobody:200000:65536\\n' >"$0/subid"
mount --bind "$0/subid" /etc/subuid && mount --bind "$0/subid" /etc/subgid || exit 1
exec setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent PYTHONDONTWRITEBYTECODE=1 "$@"
"""


def as_nobody(folder: Path, *argv: str) -> list[str]:
    """Run something as an ordinary user for whom other users are set apart."""
    return ["unshare", "--mount", "sh", "-c", AS_NOBODY, str(folder), *argv]


@pytest.mark.skipif(os.geteuid() != 0, reason="must be root to become somebody else")
def test_an_ordinary_user_gets_a_lab(tmp_path: Path) -> None:
    probe = as_nobody(tmp_path, *namespace._UNSHARE, sys.executable, "-c", "import mailtui.lab")
    refused = subprocess.run(probe, capture_output=True, text=True, check=False)
    if refused.returncode:
        pytest.skip(f"no user name spaces for users here: {refused.stderr.strip()}")
    argv = as_nobody(tmp_path, sys.executable, "-m", "mailtui.lab")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            told = re.search(r"--postfix-config=(\S+)/etc/postfix", process.stdout.readline())
            assert told
            lab = Layout(Path(told[1]))
            assert lab.folder.owner() == "nobody"
            eventually_logged(lab, "@lab.example>", "status=sent", "Saved")
        finally:
            process.send_signal(signal.SIGTERM)
    assert gone(lab.folder)


def test_without_a_name_space_one_sentence_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(namespace, "_UNSHARE", ("sh", "-c", "echo no line matching user >&2; exit 1"))
    with pytest.raises(HostError) as refusal:
        namespace.become_root()
    assert "no line matching user" in refusal.value.message
    assert "uidmap" in refusal.value.unlock


def test_with_a_name_space_the_same_program_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(namespace, "_UNSHARE", ("env",))
    monkeypatch.setattr(os, "execvp", lambda file, argv: started.append(argv))
    namespace.become_root()
    assert started == [["env", sys.executable, *sys.orig_argv[1:]]]
