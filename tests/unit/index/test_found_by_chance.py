"""Damage that random ruin of real mailboxes brought to light, each as the smallest files that have it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.host.folders import opened_folder
from mailtui.services.dovecot.index import reading, uidlist
from mailtui.services.dovecot.index.certifying import certificate
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.set_reading import read_set
from mailtui.services.dovecot.index.standing import standing
from mailtui.services.dovecot.repair.choosing import choose
from mailtui.services.dovecot.stores.discovery import mailbox, mailboxes
from mailtui.services.dovecot.stores.model import Mailbox, Store
from tests.unit.index.building import HEADER_SIZE, appended, header_update, index, log

UIDVALIDITY_AT = 24
MESSAGES = ((1, 8), (2, 0), (5, 12))
HISTORY = appended((1, 0), (2, 0), (5, 0))
LIST = b"3 V4711 N6 G0123456789abcdef0123456789abcdef\n1 :a.x\n2 Gfedcba98 W7 :b.x\n5 :c.x\n"


def store_of(tmp_path: Path, mailbox_format: str) -> Store:
    layout = "maildir++" if mailbox_format == "maildir" else "fs"
    return Store("u@x", os.geteuid(), os.getegid(), tmp_path, mailbox_format, tmp_path / "mail", layout=layout)


@pytest.fixture
def maildir(tmp_path: Path) -> Mailbox:
    """Three messages; the second was copied here from another mailbox."""
    found = mailbox(store_of(tmp_path, "maildir"), "INBOX")
    for name in ("cur", "new", "tmp"):
        (found.mail / name).mkdir(parents=True)
    for name in ("a.x:2,S", "b.x:2,", "c.x:2,TS"):
        (found.mail / "cur" / name).write_bytes(b"text")
    write(found.mail, {"dovecot-uidlist": LIST, "dovecot.index": index(MESSAGES), "dovecot.index.log": log()})
    return found


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)


def kinds(found: Look) -> set[str]:
    assert not found.problem
    return {one.kind for one in found.damages}


def test_a_copied_message_of_a_maildir_is_known_by_the_guid_dovecot_tells(maildir: Mailbox) -> None:
    """By its file's name every repair of a mailbox with copied mail seemed to lose it, and was taken back."""
    assert kinds(look(maildir)) == set()
    assert certificate(maildir).mails == {1: "a.x", 2: "fedcba98", 5: "c.x"}
    assert uidlist.guids(LIST.replace(b"Gfed", b"Xfed")) == {}


def test_a_maildir_without_new_is_looked_at_and_one_without_cur_is_not_opened(maildir: Mailbox) -> None:
    (maildir.mail / "new").rmdir()
    assert kinds(look(maildir)) == set()
    (maildir.mail / "cur").rename(maildir.mail / "away")
    (found,) = (one for one in look(maildir).damages if one.kind == "maildir.cur")
    assert (found.loss, found.evidence, found.rungs) == ("next access", "3 messages are listed", ())


def test_the_uidlist_of_another_mailbox_is_not_taken_for_the_right_one(maildir: Mailbox) -> None:
    write(maildir.control, {"dovecot-uidlist": LIST.replace(b"4711", b"4712")})
    assert kinds(look(maildir)) == {"uidlist.uidvalidity"}
    write(maildir.control, {"dovecot-uidlist": LIST.replace(b"4711", b"4712").replace(b".x", b".y")})
    found = look(maildir)
    assert kinds(found) == {"uidlist.foreign"}
    assert choose(found, found.damages[0]).rung is None


def test_keywords_that_are_torn_or_shut_are_told(maildir: Mailbox) -> None:
    write(maildir.control, {"dovecot-keywords": b"0 Work\n1 La"})
    assert kinds(look(maildir)) == {"keywords.line"}
    write(maildir.control, {"dovecot-keywords": b"0 Work\n"})
    (maildir.control / "dovecot-keywords").chmod(0o060)
    assert kinds(look(maildir)) == {"mode"}


@pytest.fixture
def dbox(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "dbox"
    folder.mkdir()
    yield folder


def found_in(folder: Path, files: dict[str, bytes]) -> tuple[set[str], bool, bool]:
    """Kinds of damage; whether the index can be made again from the log, and from the one before it."""
    write(folder, files)
    with opened_folder(folder) as fd:
        found = read_set(fd)
        can = standing(fd, found)
    return {flaw.kind for _, flaw in found.found}, can.lossless, can.backup


def test_a_log_that_is_older_than_its_index_does_not_make_it_again(dbox: Path) -> None:
    files = {"dovecot.index": index(MESSAGES, head=900), "dovecot.index.log": log(HISTORY)}
    assert found_in(dbox, files) == ({"index.log-offset"}, False, False)
    files["dovecot.index.log"] = log(HISTORY)[:-4]
    assert found_in(dbox, files) == ({"log.tail", "index.log-offset"}, False, False)


def test_an_index_that_lost_its_place_in_a_log_that_knows_more_is_made_again(dbox: Path) -> None:
    files = {"dovecot.index": index(MESSAGES[:1], head=900), "dovecot.index.log": log(HISTORY)}
    assert found_in(dbox, files) == ({"index.log-offset"}, True, False)


@pytest.mark.parametrize("before", ["index", "log"])
def test_of_an_index_and_a_log_of_two_mailboxes_the_one_before_tells_which_is_foreign(dbox: Path, before: str) -> None:
    other = 4711_4711
    foreign = index(MESSAGES, indexid=other, uidvalidity=4712)
    files = {
        "dovecot.index": index(MESSAGES),
        "dovecot.index.log": log(header_update(UIDVALIDITY_AT, 4712), HISTORY, indexid=other),
        "dovecot.index.backup": index(MESSAGES) if before == "index" else foreign,
    }
    told, lossless, _ = found_in(dbox, files)
    assert (told, lossless) == ({"index.indexid"}, before == "log")


def test_damage_of_the_log_that_the_index_is_past_need_not_be_mended(dbox: Path) -> None:
    whole = log(HISTORY, HISTORY)
    torn = whole[: HEADER_SIZE + 2] + b"\xff" + whole[HEADER_SIZE + 3 :]
    told, *_ = found_in(dbox, {"dovecot.index": index(MESSAGES, head=len(whole)), "dovecot.index.log": torn})
    assert told == {"log.past"}
    told, *_ = found_in(dbox, {"dovecot.index": index(MESSAGES), "dovecot.index.log": torn})
    assert told & {"log.tail", "log.uncommitted"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"From a Mon\nX-IMAPbase: 4711 6 Work\n\ntext\n", ""),
        (b"Rrom a Mon\nX-IMAPbase: 4711 6 Work\n\ntext\n", "mbox.header"),
        (b"From a Mon\nX-IMAP: 4712 6 Work\n\ntext\n", "mbox.uidvalidity"),
        (b"", ""),
        (None, "mbox.lost"),
    ],
)
def test_an_mbox_against_its_index(tmp_path: Path, data: bytes | None, kind: str) -> None:
    found = mailbox(store_of(tmp_path, "mbox"), "INBOX")
    found.index.mkdir(parents=True)
    write(found.index, {"dovecot.index": index(MESSAGES), "dovecot.index.log": log()})
    if data is not None:
        write(found.mail.parent, {found.mail.name: data})
    assert kinds(look(found)) == ({kind} if kind else set())


def test_a_list_index_that_the_disk_does_not_give_is_not_told_as_misplaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With LAYOUT=index, where mailboxes lose their names with it, each of them tells."""
    store = Store("u@x", os.geteuid(), os.getegid(), tmp_path, "mdbox", tmp_path / "mdbox", layout="index")
    (store.root / "mailboxes" / ("0f" * 16) / "dbox-Mails").mkdir(parents=True)
    (store.root / "dovecot.list.index").mkdir()
    (nameless,) = mailboxes(store)
    assert nameless.name == "0f" * 16
    assert kinds(look(nameless)) == {"misplaced"}
    (store.root / "dovecot.list.index").rmdir()
    write(store.root, {"dovecot.list.index": index()})

    def fails(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(reading, "_content", fails)
    (found,) = look(nameless).damages
    assert (found.kind, found.evidence, found.rungs) == ("io", "Input/output error", ())
