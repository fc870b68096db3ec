"""Clean looks that are remembered: whatever changes is looked at again, and what was damaged always is."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
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
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_looked_at_again(mailbox: Mailbox, tmp_path: Path, change: str) -> None:
    check(mailbox, tmp_path / "state")
    wait_a_tick(mailbox.mail)
    CHANGES[change](mailbox.mail)
    _, recalled = check(mailbox, tmp_path / "state")
    assert recalled == 0


def test_what_changed_a_moment_ago_is_not_remembered(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state", later(0))
    assert check(mailbox, tmp_path / "state")[1] == 0


def test_damage_is_looked_at_every_time(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.control / "dovecot-uidlist").write_bytes(b"")
    for _ in range(3):
        look, recalled = check(mailbox, tmp_path / "state")
        assert [one.kind for one in look.damages] == ["uidlist.empty"] and recalled == 0


def test_what_could_not_be_looked_at_is_tried_again(mailbox: Mailbox, tmp_path: Path) -> None:
    (mailbox.mail / "cur").rename(mailbox.mail / "away")
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


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": "%s", "looks": 3}', '{"version": "%s", "looks": {"a": 1}}']
)
def test_a_broken_file_is_as_good_as_none(mailbox: Mailbox, tmp_path: Path, text: str) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / FILE).write_text(text.replace("%s", __version__))
    look, recalled = check(mailbox, state)
    assert not look.problem and recalled == 0
    assert check(mailbox, state)[1] == 1


def test_the_file_is_private_and_names_nobody(mailbox: Mailbox, tmp_path: Path) -> None:
    check(mailbox, tmp_path / "state")
    path = tmp_path / "state" / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    assert len(json.loads(text)["looks"]) == 1
    assert "anna" not in text and "Maildir" not in text


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
