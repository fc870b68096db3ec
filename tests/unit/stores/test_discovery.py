"""Mailboxes found on the disk, and traps on the way to them."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mailtui.host.errors import HostError
from mailtui.host.folders import opened_below
from mailtui.services.dovecot.stores.discovery import mailboxes
from mailtui.services.dovecot.stores.folder import by_path
from mailtui.services.dovecot.stores.model import Store

GUID = "61f403091e7a016b4955000083ecc375"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def store(home: Path, name: str = "maildir", folder: str = "Maildir", layout: str = "maildir++") -> Store:
    separator = "." if layout == "maildir++" else "/"
    return Store("u@x", 1000, 1000, home, name, home / folder, layout=layout, separator=separator)


def make(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True)


def names(of: Store) -> list[str]:
    return [one.name for one in mailboxes(of)]


def test_maildir_in_any_namespace(home: Path) -> None:
    root = home / "Maildir"
    make(root / "cur", root / ".A.B/cur", root / ".&ANw-/new", root / ".Bad&x", root / "plain/cur")
    assert names(store(home)) == ["INBOX", "A.B", "Bad&x", "Ü"]
    assert names(replace(store(home), separator="/", prefix="mail/")) == ["INBOX", "mail/A/B", "mail/Bad&x", "mail/Ü"]


def test_a_user_without_mail_has_no_mailboxes(home: Path) -> None:
    assert mailboxes(store(home)) == ()


def test_mbox_files(home: Path) -> None:
    root = home / "mail"
    make(root / "d", root / ".imap")
    for name in ("inbox", "a", "d/b", "a.lock", "subscriptions", ".hidden"):
        (root / name).touch()
    found = mailboxes(store(home, "mbox", "mail", "fs"))
    assert [(one.name, one.mail) for one in found] == [
        ("INBOX", root / "inbox"),
        ("a", root / "a"),
        ("d/b", root / "d/b"),
    ]
    assert found[2].index == root / "d/.imap/b"


@pytest.mark.parametrize("layout", ["maildir++", "fs"])
def test_no_link_is_followed(home: Path, tmp_path: Path, layout: str) -> None:
    root, elsewhere = home / "Maildir", tmp_path / "elsewhere"
    make(root / "cur", elsewhere / "cur")
    for name in (".Link", "Link"):
        (root / name).symlink_to(elsewhere)
    os.mkfifo(root / ".fifo")
    assert names(store(home, layout=layout)) == ["INBOX"]


def test_a_mail_root_that_is_a_link_is_refused(home: Path, tmp_path: Path) -> None:
    make(home, tmp_path / "elsewhere/sub/cur")
    (home / "mail").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HostError, match=r"symbolic link|Not a directory"):
        mailboxes(store(home, folder="mail/sub"))


def test_a_home_that_the_admin_linked_is_fine(home: Path, tmp_path: Path) -> None:
    make(tmp_path / "disk2/Maildir/cur")
    home.symlink_to(tmp_path / "disk2")
    assert names(store(home)) == ["INBOX"]


def test_folders_without_an_end_end(home: Path) -> None:
    deep = os.fspath(home / "Maildir")
    make(home / "Maildir/cur")
    here = Path.cwd()
    try:
        os.chdir(deep)
        for _ in range(300):
            Path("x" * 200).mkdir()
            os.chdir("x" * 200)
    finally:
        os.chdir(here)
    assert names(store(home, layout="fs")) == ["INBOX"]


def test_thousands_are_quick(home: Path) -> None:
    root = home / "Maildir"
    make(root / "cur", *(root / f".box{number}" for number in range(5000)))
    began = time.perf_counter()
    assert len(mailboxes(store(home))) == 5001
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("part", ["..", ".", "", "a/b"])
def test_a_part_of_a_path_is_one_name(tmp_path: Path, part: str) -> None:
    with pytest.raises(ValueError, match="no name"), opened_below(tmp_path, part):
        pass


@pytest.mark.parametrize(
    ("folders", "kind", "layout"),
    [
        (("cur", ".A"), "maildir", "maildir++"),
        (("cur", "A/cur"), "maildir", "fs"),
        (("mailboxes/INBOX/dbox-Mails",), "sdbox", "fs"),
        (("mailboxes/INBOX/dbox-Mails", "storage"), "mdbox", "fs"),
        (("A/cur",), "maildir", "fs"),
        ((".A/new",), "maildir", "maildir++"),
        ((f"{GUID}/cur",), "maildir", "index"),
        ((f"mailboxes/{GUID}", "storage"), "mdbox", "index"),
    ],
)
def test_a_store_is_known_by_what_is_in_its_folder(
    tmp_path: Path, folders: tuple[str, ...], kind: str, layout: str
) -> None:
    make(*(tmp_path / folder for folder in folders))
    found = by_path(tmp_path)
    assert (found.format, found.layout, found.uid) == (kind, layout, os.geteuid())


def test_mbox_files_are_known_by_how_they_begin(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "notes").write_text("nothing of the kind")
    (tmp_path / "lists/work").write_text("From anna@shop.example Fri Nov 20 10:00:00 2026\n\ntext\n")
    assert by_path(tmp_path).format == "mbox"


@pytest.mark.parametrize("folders", [(), ("d",), (".cargo/bin", ".rustup/tmp")])
def test_a_folder_without_mail_is_no_store(tmp_path: Path, folders: tuple[str, ...]) -> None:
    make(*(tmp_path / folder for folder in folders))
    (tmp_path / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    with pytest.raises(HostError, match="no mail in"):
        by_path(tmp_path)
