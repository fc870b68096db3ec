"""Who may repair, when nothing may be touched, and what a user who sets traps gains: nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailtui.changes.plan import Plan, Receipt
from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError, PermissionDenied
from mailtui.host.folders import opened_folder
from mailtui.lab.traffic import clients
from mailtui.lab.users import MAIL_UID
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.inspecting import inspect
from mailtui.services.dovecot.repair.locks import index_locked
from tests.lab.workshop import Goldens, Workshop
from tests.support.damage import FORMATS

NOBODY = 65534


def damaged(goldens: Goldens, state: Path, mailbox_format: str, name: str = "index zeroed") -> Workshop:
    workshop = Workshop(goldens.restored(mailbox_format), state)
    workshop.damage(name)
    return workshop


def refused(workshop: Workshop, plan: Plan) -> str:
    """Why a plan did nothing at all."""
    before = workshop.tree()
    receipt = workshop.changes.apply(plan)
    assert receipt.outcome in ("failed", "nothing")
    assert workshop.tree() == before
    return (*receipt.failed, *receipt.skipped)[0].why


class Full:
    """What statvfs(3) says of a full file system."""

    f_frsize, f_bavail, f_files, f_favail, f_flag = 4096, 10, 100, 50, 0


class ReadOnly:
    """What it says of one that is mounted read-only."""

    f_frsize, f_bavail, f_files, f_favail, f_flag = 4096, 10**9, 100, 50, os.ST_RDONLY


@pytest.mark.parametrize(("facts", "why"), [(Full, "is full"), (ReadOnly, "is read-only")])
def test_a_full_disk_or_one_that_is_read_only_is_refused(
    goldens: Goldens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts: type, why: str
) -> None:
    workshop = damaged(goldens, tmp_path, "sdbox")
    plan = workshop.plan()
    monkeypatch.setattr(os, "statvfs", lambda _: facts)
    with pytest.raises(HostError, match=why):
        workshop.plan()
    assert why in refused(workshop, plan)


def test_alternative_storage_that_is_not_mounted_is_refused(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "mdbox")
    mailbox = workshop.mailbox
    without = replace(mailbox, store=replace(mailbox.store, alt=tmp_path / "alt"))
    with pytest.raises(HostError, match="not mounted"):
        workshop.plans.plan(look(without))
    (tmp_path / "alt").mkdir()
    assert workshop.plans.plan(look(without)).steps


def test_indexes_in_memory_have_nothing_to_repair(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "maildir")
    mailbox = workshop.mailbox
    with pytest.raises(HostError, match="INDEX=MEMORY"):
        workshop.plans.plan(look(replace(mailbox, store=replace(mailbox.store, index_in_memory=True))))


def test_a_foreign_user_may_not(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "sdbox")
    found = look(workshop.mailbox)

    def attempt() -> str:
        with pytest.raises(PermissionDenied) as denied:
            workshop.plans.plan(found)
        return denied.value.unlock

    assert as_user(NOBODY, NOBODY, attempt) == "sudo mailtui"


@pytest.mark.parametrize("mailbox_format", FORMATS)
def test_a_stopped_dovecot_is_done_without(goldens: Goldens, tmp_path: Path, mailbox_format: str) -> None:
    stopped = goldens.lab.dovecot_config.with_name(f"stopped-{mailbox_format}.conf")
    text = goldens.lab.dovecot_config.read_text()
    stopped.write_text(text.replace(str(goldens.lab.run), str(goldens.lab.folder / "stopped")))
    workshop = Workshop(goldens.restored(mailbox_format, aged=True), tmp_path, stopped)
    workshop.damage("index zeroed")
    plan = workshop.plan()
    assert "setpriv" in plan.steps[0].commands[-1]
    assert workshop.changes.apply(plan).outcome == "applied"
    assert {path.stat().st_uid for path in workshop.mailbox.store.root.rglob("*")} == {MAIL_UID}
    assert workshop.lost() == set()


@pytest.mark.parametrize("mailbox_format", FORMATS)
def test_the_mail_user_may_without_being_root(goldens: Goldens, mailbox_format: str) -> None:
    state = goldens.lab.folder / f"state-{mailbox_format}"
    state.mkdir(mode=0o700)
    os.chown(state, MAIL_UID, MAIL_UID)
    workshop = Workshop(goldens.restored(mailbox_format, aged=True), state)
    workshop.damage("index cut in its records")
    assert as_user(MAIL_UID, MAIL_UID, lambda: [missed.why for missed in workshop.repair().failed]) == []
    assert workshop.lost() == set()
    workshop.damage("index of root")
    told = as_user(MAIL_UID, MAIL_UID, lambda: _why_not(workshop))
    assert "only root can give files back" in told


def _why_not(workshop: Workshop) -> str:
    with pytest.raises(HostError) as refusal:
        workshop.plan()
    return refusal.value.message


def test_the_damage_that_has_healed_is_left_alone(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "maildir")
    plan = workshop.plan()
    assert workshop.lost() == set(), "Dovecot was quicker"
    assert "not there any more" in refused(workshop, plan)


def test_a_log_that_was_written_to_is_not_cut(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "sdbox", "log with noise at its end")
    plan = workshop.plan()
    with (workshop.mailbox.index / "dovecot.index.log").open("ab") as log:
        log.write(b"\xfe\xed")
    damaged_log = (workshop.mailbox.index / "dovecot.index.log").read_bytes()
    receipt = workshop.changes.apply(plan)
    assert "was written to" in receipt.failed[0].why
    assert (workshop.mailbox.index / "dovecot.index.log").read_bytes() == damaged_log
    assert workshop.repair().outcome == "applied"
    assert workshop.lost() == set()


def test_a_lock_whose_owner_is_dead_is_no_obstacle(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "maildir", "uidlist unsorted")
    lock = workshop.mailbox.control / "dovecot-uidlist.lock"
    lock.write_text(f"4194300:{socket.gethostname()}")
    assert workshop.repair().outcome == "applied"
    assert not lock.exists()
    assert workshop.lost() == set()


def _folder_becomes_a_link(workshop: Workshop, elsewhere: Path) -> None:
    """The mailbox's folder is swapped for a link to a folder of somebody else."""
    folder = workshop.mailbox.index
    folder.rename(folder.with_name("away"))
    folder.symlink_to(elsewhere)


def _quarantine_is_a_link(workshop: Workshop, elsewhere: Path) -> None:
    root = workshop.mailbox.store.root
    root.with_name(f"{root.name}.mailtui-quarantine").symlink_to(elsewhere)


def _index_is_a_hard_link(workshop: Workshop, elsewhere: Path) -> None:
    index = workshop.mailbox.index / "dovecot.index"
    index.unlink()
    index.hardlink_to(elsewhere / "dovecot.index")


def _backup_is_a_link(workshop: Workshop, elsewhere: Path) -> None:
    backup = workshop.mailbox.index / "dovecot.index.backup"
    backup.unlink(missing_ok=True)
    backup.symlink_to(elsewhere / "dovecot.index")


@pytest.mark.parametrize("name", ["index zeroed", "index of root", "log with noise at its end"])
@pytest.mark.parametrize(
    "trap", [_folder_becomes_a_link, _quarantine_is_a_link, _index_is_a_hard_link, _backup_is_a_link]
)
def test_a_trap_between_plan_and_repair_reaches_nothing_of_others(
    goldens: Goldens, tmp_path: Path, name: str, trap: Callable[[Workshop, Path], None]
) -> None:
    workshop = damaged(goldens, tmp_path / "state", "sdbox", name)
    elsewhere = Path(shutil.copytree(workshop.mailbox.index, goldens.lab.folder / f"theirs-{tmp_path.name}"))
    try:
        (elsewhere / "dovecot.index").write_bytes(b"\x07 of root alone")
        for path in (elsewhere, *elsewhere.iterdir()):
            os.chown(path, 0, 0)
            path.chmod(0o700)
        theirs = {path.name: (path.read_bytes(), path.stat().st_uid) for path in elsewhere.iterdir()}
        plan = workshop.plan()
        trap(workshop, elsewhere)
        receipt: Receipt = workshop.changes.apply(plan)
        assert {path.name: (path.read_bytes(), path.stat().st_uid) for path in elsewhere.iterdir()} == theirs
        assert receipt.outcome == "applied" or receipt.failed or receipt.skipped
        for path in (*workshop.mailbox.store.root.rglob("*"), *_quarantined(workshop)):
            if path.is_file() and not path.is_symlink() and path.stat().st_uid == MAIL_UID:
                assert b"of root alone" not in path.read_bytes(), path
    finally:
        shutil.rmtree(elsewhere)


def _quarantined(workshop: Workshop) -> list[Path]:
    root = workshop.mailbox.store.root
    return [*root.with_name(f"{root.name}.mailtui-quarantine").rglob("*")]


def test_the_quarantine_is_beside_the_mail_and_tells_what_lies_in_it(goldens: Goldens, tmp_path: Path) -> None:
    workshop = damaged(goldens, tmp_path, "maildir")
    zeroed = (workshop.mailbox.index / "dovecot.index").read_bytes()
    assert workshop.repair().outcome == "applied"
    kept = {path.name: path for path in _quarantined(workshop) if path.is_file()}
    assert kept["dovecot.index"].read_bytes() == zeroed
    assert "index.version" in kept["manifest.json"].read_text()
    assert {path.stat().st_uid for path in kept.values()} == {MAIL_UID}
    folders = goldens.lab.command("doveadm", "mailbox", "list", "-u", workshop.mailbox.store.user).split()
    assert not any("quarantine" in name for name in folders)


def test_many_at_once_each_proven(goldens: Goldens, tmp_path: Path) -> None:
    looks = [look(damaged(goldens, tmp_path, one).mailbox) for one in ("maildir", "sdbox", "mdbox")]
    workshop = Workshop(goldens.restored("mdbox"), tmp_path)  # healthy again before its turn comes
    plan = workshop.plans.plan(*looks)
    receipt = workshop.changes.apply(plan)
    assert receipt.done == ("alice@lab.example INBOX", "dave@lab.example INBOX")
    assert [missed.target for missed in receipt.skipped] == ["erin@lab.example INBOX"]


@pytest.mark.parametrize("mailbox_format", FORMATS)
def test_an_open_session_goes_on(goldens: Goldens, tmp_path: Path, mailbox_format: str) -> None:
    workshop = Workshop(goldens.restored(mailbox_format), tmp_path)
    index = workshop.mailbox.index / "dovecot.index"
    with clients.imap(goldens.lab, workshop.mailbox.store.user) as session:
        session.select("INBOX")
        size = index.stat().st_size
        index.unlink()  # the session has the file mapped
        index.write_bytes(bytes(size))
        os.chown(index, MAIL_UID, MAIL_UID)
        assert workshop.repair().outcome == "applied"
        assert session.store("7", "+FLAGS", "(Afterwards)")[0] == "OK"
        assert session.search(None, "KEYWORD", "Afterwards")[1] == [b"7"]
    assert workshop.lost() == set()


@pytest.fixture
def dotlocked(goldens: Goldens) -> Path:
    """The same Dovecot with ``lock_method = dotlock``."""
    config = goldens.lab.dovecot_config.with_name("dotlocked.conf")
    config.write_text(goldens.lab.dovecot_config.read_text() + "\nlock_method = dotlock\n")
    return config


@pytest.mark.parametrize("mailbox_format", FORMATS)
def test_indexes_with_dot_locks_are_mended_too(
    goldens: Goldens, dotlocked: Path, tmp_path: Path, mailbox_format: str
) -> None:
    workshop = Workshop(goldens.restored(mailbox_format), tmp_path, dotlocked)
    workshop.damage("index zeroed")
    assert workshop.repair().outcome == "applied"
    assert workshop.lost() == set()
    assert not list(workshop.mailbox.store.root.rglob("*.lock*"))


def test_dovecot_waits_for_our_dot_lock(goldens: Goldens, dotlocked: Path, tmp_path: Path) -> None:
    workshop = Workshop(goldens.restored("sdbox"), tmp_path, dotlocked)
    user = workshop.mailbox.store.user
    words = ["doveadm", "-c", str(dotlocked), "-o", "mail_max_lock_timeout=1s", "flags", "add", "-u", user, "New"]

    def written() -> str:
        return subprocess.run([*words, "mailbox", "INBOX", "1"], capture_output=True, text=True, check=False).stderr

    with opened_folder(workshop.mailbox.index) as folder, index_locked(folder, method="dotlock"):
        assert "Timeout (1s) while waiting for dotlock" in written()
    assert written() == ""


def _hole(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)
    os.chown(path, MAIL_UID, MAIL_UID)


_PLANTS: dict[str, Callable[[Path], object]] = {
    "link": lambda path: path.symlink_to("/etc/shadow"),
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "fifo": os.mkfifo,
    "folder": Path.mkdir,
    "hole": _hole,
}


@pytest.mark.parametrize("plant", _PLANTS)
def test_what_a_user_plants_in_an_mdbox_is_found_shown_and_mended(goldens: Goldens, tmp_path: Path, plant: str) -> None:
    workshop = Workshop(goldens.restored("mdbox"), tmp_path)
    planted = {
        "dovecot.map.index": workshop.mailbox.store.root / "storage/dovecot.map.index",
        "dovecot.index": workshop.mailbox.index / "dovecot.index",
        "dovecot.index.cache": workshop.mailbox.index / "dovecot.index.cache",
    }
    for path in planted.values():
        path.unlink(missing_ok=True)
        _PLANTS[plant](path)
    found = look(workshop.mailbox)
    assert {one.file for one in found.damages} == set(planted)
    assert "root:" not in str(inspect(workshop.mailbox))
    began = time.monotonic()
    assert [missed.why for missed in workshop.repair().failed] == []
    assert time.monotonic() - began < 20
    assert workshop.lost() == set()
