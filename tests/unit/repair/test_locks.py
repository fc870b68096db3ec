"""Dovecot's locks as another process meets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair import locks

_TRY = "import fcntl,sys; fcntl.lockf(open(sys.argv[1],'r+'), fcntl.LOCK_EX|fcntl.LOCK_NB)"


def _another_process_gets_it(log: Path) -> bool:
    return (
        subprocess.run([sys.executable, "-c", _TRY, str(log)], stderr=subprocess.DEVNULL, check=False).returncode == 0
    )


def test_writers_wait_while_the_index_is_locked(tmp_path: Path) -> None:
    log = tmp_path / "dovecot.index.log"
    log.touch()
    with opened_folder(tmp_path) as folder:
        with locks.index_locked(folder):
            assert not _another_process_gets_it(log)
            log.read_bytes()
            assert not _another_process_gets_it(log), "reading the log must not end the lock"
        assert _another_process_gets_it(log)


def test_a_lock_that_is_never_given_ends_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    log = tmp_path / "dovecot.index.log"
    log.touch()
    hold = (
        "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", hold, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with opened_folder(tmp_path) as folder:  # noqa: SIM117 - the lock's error, not the folder's
            with pytest.raises(HostError, match="locked by another process"), locks.index_locked(folder):
                pass
    finally:
        holder.communicate()


def test_a_mailbox_without_a_log_has_nothing_to_lock(tmp_path: Path) -> None:
    with opened_folder(tmp_path) as folder, locks.index_locked(folder):
        assert not list(tmp_path.iterdir())


def test_a_dot_lock_of_an_index_names_its_owner_and_keeps_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    lock = tmp_path / "dovecot.index.log.lock"
    with opened_folder(tmp_path) as folder:
        with locks.index_locked(folder, method="dotlock"):
            assert lock.read_text().startswith(f"{os.getpid()}:")
            with pytest.raises(HostError, match="held by another"), locks.index_locked(folder, method="dotlock"):
                pass
        assert not lock.exists()


def test_the_uidlist_lock_names_its_owner_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    lock = tmp_path / "dovecot-uidlist.lock"
    with opened_folder(tmp_path) as folder:
        with locks.uidlist_locked(folder):
            assert lock.read_text().startswith(f"{os.getpid()}:")
            with pytest.raises(HostError), locks.uidlist_locked(folder):
                pass
            assert lock.exists(), "a lock that was not given is not taken away"
        assert not lock.exists()
