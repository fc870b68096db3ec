"""``mailtui mailbox repair`` on a real Dovecot."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.lab.workshop import Goldens, Workshop


def mailtui(goldens: Goldens, state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    options = [*goldens.lab.options()[:2], f"--state={state}"]
    return subprocess.run(
        [sys.executable, "-m", "mailtui", *options, *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_ladder_is_shown_the_rung_is_marked_and_the_proof_is_told(goldens: Goldens, tmp_path: Path) -> None:
    workshop = Workshop(goldens.restored("sdbox", aged=True), tmp_path)
    workshop.damage("index zeroed")
    user, before = workshop.mailbox.store.user, workshop.tree()
    dry = mailtui(goldens, tmp_path, "mailbox", "repair", user, "INBOX", "--dry-run")
    assert dry.returncode == 0
    assert "→ Put dovecot.index.backup in place of dovecot.index" in dry.stderr
    assert "  Move only dovecot.index aside" in dry.stderr
    assert "dovecot.index.backup" in dry.stdout
    assert workshop.tree() == before
    done = mailtui(goldens, tmp_path, "mailbox", "repair", user, "INBOX", "--yes")
    assert done.returncode == 0
    table = {line[:30].strip(): line[30:].split() for line in done.stdout.splitlines()}
    assert table["messages under their UID"] == ["150", "150"]
    flags = str(sum(map(len, workshop.golden.certificate.flags.values())))
    assert table["flags and keywords"] == [flags, flags]
    assert "Done: 1 (dave@lab.example INBOX)" in done.stdout
    assert workshop.lost() == set()
    assert mailtui(goldens, tmp_path, "mailbox", "repair", user).returncode == 2, "nothing is wrong any more"


def test_in_json_and_by_path_where_nobody_knows_the_user(goldens: Goldens, tmp_path: Path) -> None:
    workshop = Workshop(goldens.restored("maildir"), tmp_path)
    workshop.damage("log a folder")
    done = mailtui(
        goldens, tmp_path, "--json", "mailbox", "repair", "--path", str(workshop.mailbox.store.root), "--yes"
    )
    assert done.returncode == 0, done.stderr
    receipt = json.loads(done.stdout)
    assert receipt["outcome"] == "applied"
    assert workshop.lost() == set()


def test_what_only_a_backup_helps_is_said_and_not_touched(goldens: Goldens, tmp_path: Path) -> None:
    workshop = Workshop(goldens.restored("maildir"), tmp_path)
    workshop.damage("uidlist gone")
    before = workshop.tree()
    done = mailtui(goldens, tmp_path, "mailbox", "repair", workshop.mailbox.store.user, "INBOX", "--yes")
    assert done.returncode == 3
    assert "restore it from a backup" in done.stderr
    assert workshop.tree() == before
