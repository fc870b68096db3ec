"""The basics of a Maildir."""

import os
import time
from pathlib import Path

import pytest

from mailtui.services.dovecot.health import OLD, of_mailbox, of_store
from mailtui.services.dovecot.stores.discovery import mailbox
from mailtui.services.dovecot.stores.model import Mailbox, Store

ME = os.geteuid()
OTHER = 65534


@pytest.fixture
def inbox(tmp_path: Path) -> Mailbox:
    store = Store("u@x", ME, os.getegid(), tmp_path, "maildir", tmp_path / "Maildir")
    for name in ("cur", "new", "tmp"):
        (store.root / name).mkdir(mode=0o700, parents=True)
    store.root.chmod(0o700)
    (store.root / "cur/1.a,S=5,W=6:2,S").write_bytes(b"12345")
    (store.root / "cur/2.a:2,").write_bytes(b"no size is told")
    (store.root / "new/3.a,S=100").write_bytes(b"\x1f\x8b compressed")
    (store.root / "tmp/4.a").touch()
    return mailbox(store, "INBOX")


def kinds(of: Mailbox, now: float | None = None) -> dict[str, tuple[str, ...]]:
    return {one.id.split(":")[0].removeprefix("mailboxes."): one.evidence for one in of_mailbox(of, now)}


def test_a_healthy_maildir(inbox: Mailbox) -> None:
    assert of_mailbox(inbox) == ()
    assert [one for one in of_store(inbox.store) if not one.id.startswith("mailboxes.folder.way")] == []


def test_leftovers_are_told_only_after_36_hours(inbox: Mailbox) -> None:
    assert kinds(inbox, time.time() + OLD - 60) == {}
    assert kinds(inbox, time.time() + OLD + 60) == {"tmp.old": ("tmp/4.a",)}


@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        ("file.size", lambda root: (root / "cur/5.a,S=9:2,").write_bytes(b"short")),
        ("file.mode", lambda root: (root / "cur/2.a:2,").chmod(0)),
        ("folder.missing", lambda root: (root / "tmp/4.a").unlink() or (root / "tmp").rmdir()),
        ("folder.mode", lambda root: (root / "new").chmod(0o500)),
        ("folder.open", lambda root: (root / "cur").chmod(0o777)),
    ],
)
def test_each_harm_is_told_as_what_it_is(inbox: Mailbox, kind: str, harm: object) -> None:
    assert callable(harm)
    harm(inbox.mail)
    assert [*kinds(inbox)] == [kind]


@pytest.mark.skipif(ME != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else(inbox: Mailbox) -> None:
    os.chown(inbox.mail / "cur/2.a:2,", OTHER, OTHER)
    os.chown(inbox.mail / "new", OTHER, OTHER)
    found = kinds(inbox)
    assert found["file.owner"] == (f"cur/2.a:2, belongs to {OTHER}, not to {ME}",)
    assert found["folder.owner"] == (f"{inbox.mail}/new belongs to {OTHER}, not to {ME}",)


@pytest.mark.skipif(ME != 0, reason="only root can give folders away")
@pytest.mark.parametrize("name", ["mailboxes", "mailboxes/INBOX", "mailboxes/INBOX/dbox-Mails", "storage", "index"])
def test_a_folder_of_a_dbox_that_belongs_to_somebody_else(tmp_path: Path, name: str) -> None:
    """From the roots on to each of its files; Dovecot opens no mailbox behind such a one."""
    root = tmp_path / "mdbox"
    store = Store("u@x", ME, ME, tmp_path, "mdbox", root, index_root=root / "index", layout="fs")
    dbox = mailbox(store, "INBOX")
    for path in (dbox.mail, dbox.index, dbox.control, store.storage, store.map_folder):
        path.mkdir(parents=True, exist_ok=True)
    assert of_mailbox(dbox) == ()
    os.chown(root / name, OTHER, OTHER)
    told = kinds(dbox)
    assert told == {"folder.owner": (f"{root / name} belongs to {OTHER}, not to {ME}",)}


def test_a_folder_that_is_a_link_is_not_entered(inbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a,S=99").touch()
    (inbox.mail / "tmp/4.a").unlink()
    (inbox.mail / "tmp").rmdir()
    (inbox.mail / "tmp").symlink_to(tmp_path / "secret")
    assert [*kinds(inbox)] == ["folder.link"]


def test_traps_among_the_messages(inbox: Mailbox) -> None:
    os.mkfifo(inbox.mail / "cur/fifo,S=5")
    (inbox.mail / "cur/link,S=7").symlink_to("/dev/zero")
    (inbox.mail / "cur/folder,S=3").mkdir()
    assert kinds(inbox) == {}


def test_names_are_cleaned_and_only_a_few_told(inbox: Mailbox) -> None:
    for number in range(9):
        (inbox.mail / f"cur/\x1b[2J{number},S=1").touch()
    (found,) = of_mailbox(inbox)
    assert found.title == "9 files not as large as the S= of the name says"
    assert len(found.evidence) == 6
    assert all(line.isprintable() for line in found.evidence)


def test_a_folder_above_that_keeps_the_mail_user_out(inbox: Mailbox) -> None:
    above = inbox.store.root.parent
    above.chmod(0o700)
    stranger = Store("u@x", OTHER, OTHER, None, "maildir", inbox.store.root)
    (way,) = (one for one in of_store(stranger) if "folder.way" in one.id)
    assert any(line.startswith(f"{above}, {ME}:") and line.endswith("0700") for line in way.evidence)


@pytest.mark.parametrize("kind", ["chmod -R 700", "find -delete", "rm "])
def test_no_advice_is_of_the_harmful_kind(kind: str) -> None:
    from mailtui.services.dovecot.health import _kinds

    assert all(kind not in told["advice"] for told in _kinds().values())
