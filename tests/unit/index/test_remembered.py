"""Clean looks that are remembered: whatever changes is looked at again, and what was damaged always is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailtui import __version__
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.many import check_many
from mailtui.services.dovecot.index.remembered import FILE, LASTS, QUIET, Remembered
from mailtui.services.dovecot.stores.model import Mailbox, Store
from tests.support.waiting import until
from tests.unit.index import building

DAY = 86400.0
HEAD = len(f"mailtui {__version__} looks\n") + 16
ROW = 16 + 5 * 8


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    root = tmp_path / "Maildir"
    for name in ("cur", "new", "tmp"):
        (root / name).mkdir(parents=True)
    (root / "cur/1.a:2,Sa").touch()
    (root / "cur/2.b:2,").touch()
    (root / "dovecot-uidlist").write_bytes(b"3 V4711 N3\n1 :1.a\n2 :2.b\n")
    (root / "dovecot-keywords").write_bytes(b"0 Work\n")
    (root / "dovecot.index.log").write_bytes(
        building.log(
            building.header_update(24, 4711),
            building.appended((1, 8), (2, 0)),
        )
    )
    store = Store("anna@shop.example", os.getuid(), os.getgid(), tmp_path, "maildir", root)
    return Mailbox(store, "INBOX", root, root, root)


def later(seconds: float = QUIET + 60) -> Callable[[], float]:
    return lambda: time.time() + seconds


def check(mailbox: Mailbox, state: Path, now: Callable[[], float] | None = None) -> tuple[Look, int]:
    """The look, and how many were but recalled."""
    known = Remembered(state, now=now or later())
    (look,) = check_many([mailbox], remembered=known, again_after=0)
    return look, known.recalled


def test_an_unchanged_mailbox_is_not_looked_at_twice(mailbox: Mailbox, tmp_path: Path) -> None:
    first, recalled = check(mailbox, tmp_path / "state")
    assert not first.damages and not first.problem and recalled == 0
    second, recalled = check(mailbox, tmp_path / "state")
    assert recalled == 1
    assert (second.uidvalidity, second.uidnext, second.messages, second.unseen) == (4711, 3, 2, 1)
    assert second.mailbox == first.mailbox


def wait_a_tick(root: Path) -> None:
    """Until the file system's clock has gone on since the last change."""
    newest = max(path.stat().st_ctime_ns for path in root.rglob("*"))
    probe = root.parent / "probe"

    def gone_on() -> bool:
        probe.touch()
        return probe.stat().st_ctime_ns > newest

    assert until(gone_on)


def replaced(path: Path) -> None:
    """Another file of the same size and time."""
    facts = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    other.rename(path)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"x")


def linked(root: Path) -> None:
    elsewhere = root.rename(root.with_name("elsewhere"))
    root.symlink_to(elsewhere)


def rewritten(path: Path) -> None:
    """The same size, and the old time set again."""
    facts = path.stat()
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a new message": lambda root: (root / "new/3.c").touch(),
    "a flag": lambda root: (root / "cur/2.b:2,").rename(root / "cur/2.b:2,S"),
    "a message gone": lambda root: (root / "cur/1.a:2,Sa").unlink(),
    "the log grown": lambda root: grown(root / "dovecot.index.log"),
    "the log rewritten, its time set back": lambda root: rewritten(root / "dovecot.index.log"),
    "the uidlist replaced by one of the same size and time": lambda root: replaced(root / "dovecot-uidlist"),
    "the keywords gone": lambda root: (root / "dovecot-keywords").unlink(),
    "an index where there was none": lambda root: (root / "dovecot.index").write_bytes(building.index()),
    "a list index": lambda root: (root / "dovecot.list.index.log").write_bytes(building.log()),
    "other rights": lambda root: (root / "dovecot.index.log").chmod(0o400),
    "a link in place of a file": lambda root: (root / "dovecot.index.cache").symlink_to("/etc/hostname"),
    "the folder moved and linked to": linked,
    "a folder of others": lambda root: (root / "tmp").chmod(0o777),
    "a folder gone": lambda root: (root / "tmp").rmdir(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_looked_at_again(mailbox: Mailbox, tmp_path: Path, change: str) -> None:
    check(mailbox, tmp_path / "state")
    wait_a_tick(mailbox.mail)
    CHANGES[change](mailbox.mail)
    _, recalled = check(mailbox, tmp_path / "state")
    assert recalled == 0


def test_an_mbox_that_changes_is_looked_at_again(tmp_path: Path) -> None:
    root = tmp_path / "mail"
    (root / ".imap/INBOX").mkdir(parents=True)
    (root / "inbox").write_bytes(b"From anna Thu Jan  1 00:00:00 1970\n\n")
    store = Store("anna@shop.example", os.getuid(), os.getgid(), tmp_path, "mbox", root, layout="fs")
    mailbox = Mailbox(store, "INBOX", root / "inbox", root / ".imap/INBOX", root / ".imap/INBOX")
    assert [check(mailbox, tmp_path / "state")[1] for _ in range(2)] == [0, 1]
    wait_a_tick(root)
    grown(root / "inbox")
    assert check(mailbox, tmp_path / "state")[1] == 0


def test_what_changed_a_moment_ago_is_not_remembered(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state", later(0))
    assert check(mailbox, tmp_path / "state")[1] == 0


def test_damage_is_looked_at_every_time(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.control / "dovecot-uidlist").write_bytes(b"")
    for _ in range(3):
        look, recalled = check(mailbox, tmp_path / "state")
        assert [one.kind for one in look.damages] == ["uidlist.empty"] and recalled == 0


def test_a_folder_in_trouble_is_told_every_time(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.mail / "new").chmod(0o500)
    for _ in range(3):
        look, recalled = check(mailbox, tmp_path / "state")
        assert [one.id.partition(":")[0] for one in look.folders] == ["mailboxes.folder.mode"] and recalled == 0


def test_a_message_on_its_way_in_is_no_change(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    (mailbox.mail / "tmp/3.c").touch()
    assert check(mailbox, tmp_path / "state")[1] == 1


def test_what_could_not_be_looked_at_is_tried_again(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.mail / "cur").rename(mailbox.mail / "away")
    (mailbox.mail / "cur").symlink_to("away")
    look, _ = check(mailbox, tmp_path / "state")
    assert look.problem
    assert check(mailbox, tmp_path / "state")[1] == 0


def test_a_clean_look_does_not_last_for_ever(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    assert check(mailbox, tmp_path / "state", later(LASTS / 2 - DAY))[1] == 1
    assert check(mailbox, tmp_path / "state", later(LASTS + DAY))[1] == 0


def test_a_clock_that_was_wrong_makes_nothing_last(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state", later(365 * DAY))
    assert check(mailbox, tmp_path / "state")[1] == 0


def test_all_is_looked_at_afresh_on_request(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    known = Remembered(tmp_path / "state", fresh=True, now=later())
    check_many([mailbox], remembered=known)
    assert known.recalled == 0


def test_another_version_knows_nothing(mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(mailbox, tmp_path / "state")
    monkeypatch.setattr("mailtui.services.dovecot.index.remembered.__version__", "99.0")
    assert check(mailbox, tmp_path / "state")[1] == 0


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "no looks": lambda data: data[: data.index(b"\n") + 1],
    "cut in its head": lambda data: data[:20],
    "cut in its rows": lambda data: data[:-1],
    "a row too few": lambda data: data[:-ROW],
    "a row too many": lambda data: data + data[-ROW:],
    "a bit turned": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "a byte behind it": lambda data: data + b"\n",
    "text": lambda data: b'{"looks": {}}',
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_file_is_as_good_as_none(mailbox: Mailbox, tmp_path: Path, damage: str) -> None:
    check(mailbox, tmp_path / "state")
    path = tmp_path / "state" / FILE
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    look, recalled = check(mailbox, tmp_path / "state")
    assert not look.problem and recalled == 0
    assert check(mailbox, tmp_path / "state")[1] == 1


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_others_can_write_to_is_not_believed(mailbox: Mailbox, tmp_path: Path, mode: int) -> None:
    check(mailbox, tmp_path / "state")
    (tmp_path / "state" / FILE).chmod(mode)
    assert check(mailbox, tmp_path / "state")[1] == 0
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a file away")
def test_somebody_elses_file_is_not_believed(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    os.chown(tmp_path / "state" / FILE, 65534, 65534)
    assert check(mailbox, tmp_path / "state")[1] == 0
    assert (tmp_path / "state" / FILE).stat().st_uid == os.geteuid()


def test_a_file_reached_through_a_link_is_not_believed(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    path = tmp_path / "state" / FILE
    path.symlink_to(path.rename(tmp_path / "elsewhere"))
    assert check(mailbox, tmp_path / "state")[1] == 0
    assert not path.is_symlink()


def test_nothing_is_written_where_nothing_is_new(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    before = (tmp_path / "state" / FILE).stat()
    check(mailbox, tmp_path / "state")
    assert (tmp_path / "state" / FILE).stat().st_ino == before.st_ino


def test_what_rotted_unseen_is_not_believed_after_a_fresh_look(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    (mailbox.control / "dovecot-uidlist").write_bytes(b"")
    known = Remembered(tmp_path / "state", fresh=True, now=later())
    check_many([mailbox], remembered=known, again_after=0)
    assert len((tmp_path / "state" / FILE).read_bytes()) == HEAD


def test_figures_that_nobody_told_stay_unknown(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.control / "dovecot-uidlist").unlink()
    (mailbox.index / "dovecot.index.log").unlink()
    first, _ = check(mailbox, tmp_path / "state")
    assert (first.uidvalidity, first.uidnext, first.unseen) == (None, None, None)
    second, recalled = check(mailbox, tmp_path / "state")
    assert recalled == 1 and second == first


def test_mailboxes_of_the_same_files_are_told_apart(mailbox: Mailbox, tmp_path: Path) -> None:
    """What a look finds depends on whose the mail is."""
    check(mailbox, tmp_path / "state")
    others = replace(mailbox, store=replace(mailbox.store, uid=mailbox.store.uid + 1))
    assert check(others, tmp_path / "state")[1] == 0


def test_the_file_is_private_and_names_nobody(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    path = tmp_path / "state" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    assert len(data) == HEAD + ROW
    assert b"anna" not in data and b"Maildir" not in data


def test_where_nothing_can_be_written_all_is_looked_at(mailbox: Mailbox, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.symlink_to("/proc/self")
    look, recalled = check(mailbox, state)
    assert not look.problem and recalled == 0


def test_damage_seen_only_once_before_a_stop_is_no_damage(mailbox: Mailbox) -> None:
    (mailbox.control / "dovecot-uidlist").write_bytes(b"")
    heard: list[int] = []
    (look,) = check_many([mailbox], progress=lambda done, _: heard.append(done), stop=lambda: heard[-1:] == [1])
    assert look.damages == () and "second look" in look.problem
