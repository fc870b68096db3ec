"""What may be moved aside, what never, and that it comes back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.repair.copying import open_regular
from mailtui.services.dovecot.repair.quarantine import (
    copy_aside,
    move_aside,
    put_back,
    quarantine,
)


def place(mail: Path, change: str) -> Path:
    return mail.parent / "quarantine" / change


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """A Maildir with index files whose content is their name."""
    folder = tmp_path / "info/Maildir"
    folder.mkdir(parents=True)
    for name in ("dovecot.index", "dovecot.index.log", "dovecot.index.cache", "dovecot-uidlist", "dovecot-keywords"):
        (folder / name).write_text(name)
    return folder


def test_the_quarantine_lies_outside_of_the_mail_and_is_private(mailbox: Path) -> None:
    where = place(mailbox, "c1")
    with quarantine(where):
        pass
    assert mailbox not in where.parents
    assert where.stat().st_mode & 0o077 == 0
    assert where.parent.stat().st_mode & 0o077 == 0


def test_a_moved_file_is_told_of_in_the_manifest(mailbox: Path) -> None:
    with opened_folder(mailbox) as folder, quarantine(place(mailbox, "c1")) as kept:
        moved = move_aside(folder, kept, ["dovecot.index", "dovecot.index.log.2"], why="modseq")
    assert [one.name for one in moved] == ["dovecot.index"], "there was no log.2"
    assert not (mailbox / "dovecot.index").exists()
    assert (place(mailbox, "c1") / "dovecot.index").read_text() == "dovecot.index"
    manifest = json.loads((place(mailbox, "c1") / "manifest.json").read_text())
    assert manifest["why"] == "modseq"
    assert manifest["files"][0]["name"] == "dovecot.index"


@pytest.mark.parametrize(
    "name",
    [
        "dovecot-uidlist",
        "dovecot-keywords",
        "dovecot-acl",
        "dovecot-uidvalidity",
        "subscriptions",
        "dovecot.mailbox.log",
        ".dovecot.sieve",
        "dovecot.sieve",
        "../dovecot.index",
        "dovecot.index/../dovecot-acl",
        "dovecot.index\n",
        "cur",
        "u.1",
        "m.1",
    ],
)
def test_what_dovecot_cannot_make_again_is_never_moved(mailbox: Path, name: str) -> None:
    with opened_folder(mailbox) as folder, quarantine(place(mailbox, "c1")) as kept, pytest.raises(HostError):
        move_aside(folder, kept, [name], why="")


def test_putting_back_keeps_what_stood_there_meanwhile(mailbox: Path) -> None:
    with opened_folder(mailbox) as folder, quarantine(place(mailbox, "c1")) as kept:
        move_aside(folder, kept, ["dovecot.index"], why="")
        (mailbox / "dovecot.index").write_text("made anew")
        put_back(folder, kept, "dovecot.index")
    assert (mailbox / "dovecot.index").read_text() == "dovecot.index"
    assert (place(mailbox, "c1") / "replaced/dovecot.index").read_text() == "made anew"


def test_nothing_in_quarantine_is_overwritten(mailbox: Path) -> None:
    with opened_folder(mailbox) as folder, quarantine(place(mailbox, "c1")) as kept:
        move_aside(folder, kept, ["dovecot.index"], why="")
        (mailbox / "dovecot.index").write_text("made anew")
        with pytest.raises(HostError):
            move_aside(folder, kept, ["dovecot.index"], why="")
    assert (place(mailbox, "c1") / "dovecot.index").read_text() == "dovecot.index"


def test_a_copy_leaves_the_file_in_place(mailbox: Path) -> None:
    with opened_folder(mailbox) as folder, quarantine(place(mailbox, "c1")) as kept:
        copy_aside(folder, kept, "dovecot-uidlist", why="")
    assert (mailbox / "dovecot-uidlist").read_text() == "dovecot-uidlist"
    assert (place(mailbox, "c1") / "dovecot-uidlist").read_text() == "dovecot-uidlist"


def test_a_trap_in_place_of_an_index_is_refused(mailbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root's")
    for name, trap in (
        ("dovecot.index.log.2", lambda path: path.symlink_to(secret)),
        ("dovecot.index.thread", os.mkfifo),
        ("dovecot.list.index", Path.mkdir),
    ):
        trap(mailbox / name)
        with opened_folder(mailbox) as folder, pytest.raises(HostError), open_regular(folder, name):
            pass


def test_a_folder_that_is_a_link_is_not_entered(mailbox: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(mailbox)
    with pytest.raises(OSError, match="link"), opened_folder(tmp_path / "link"):
        pass
