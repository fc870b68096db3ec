"""The offline checker on mailboxes of the real Dovecot: what is damaged is found, and nothing else ever is."""

from __future__ import annotations

import os
import smtplib
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import MAIL_UID
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.dump import dumped
from mailtui.services.dovecot.index.certifying import certificate
from mailtui.services.dovecot.index.checking import check, look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.index.fingerprint import Fingerprints
from mailtui.services.dovecot.mailboxes import Mailboxes
from mailtui.services.dovecot.repair.proof import asked_of_dovecot
from mailtui.services.dovecot.stores.model import Mailbox
from tests.lab.golden import USERS, Golden
from tests.support.damage import HARMS, Harm

FORMATS = tuple(USERS)
CREATED = 20
"""Where a log says when it was begun; after five minutes Dovecot begins another one as soon as it may."""
CASES = [(harm, name) for name in FORMATS for harm in HARMS if name in harm.formats]


@pytest.fixture(scope="module")
def goldens(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Golden]:
    """One mailbox of each format."""
    spare = tmp_path_factory.mktemp("golden")
    return {name: Golden(lab, name, spare) for name in FORMATS}


@pytest.fixture(autouse=True)
def put_back(goldens: dict[str, Golden]) -> Iterator[None]:
    """Leave whole mailboxes to the tests after this one."""
    yield
    for golden in goldens.values():
        golden.restore()


def path_of(mailbox: Mailbox, harm: Harm) -> Path:
    folders = {"index": mailbox.index, "list": mailbox.store.root, "control": mailbox.control, "mail": mailbox.mail}
    return folders.get(harm.place, mailbox.store.root / "storage") / harm.file


def kinds(found: Look) -> set[str]:
    assert not found.problem
    return {one.kind for one in found.damages}


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_mailbox_is_whole_and_read_as_dovecot_reads_it(goldens: dict[str, Golden], name: str) -> None:
    golden = goldens[name]
    found = look(golden.mailbox)
    assert found.damages == () and not found.problem
    told = golden.certificate
    assert (found.uidvalidity, found.uidnext, found.messages) == (told.uidvalidity, told.uidnext, len(told.mails))
    read = certificate(golden.mailbox)
    assert read.flags == told.flags
    assert set(read.mails) == set(told.mails)


@pytest.mark.parametrize(("harm", "name"), CASES, ids=[f"{name}-{harm}" for harm, name in CASES])
def test_damage_is_found(goldens: dict[str, Golden], harm: Harm, name: str) -> None:
    mailbox = goldens[name].restore()
    before = Fingerprints().of(mailbox)
    harm.do(path_of(mailbox, harm))
    assert Fingerprints().of(mailbox) != before  # so that a clean look of before is not taken for one of now
    found = kinds(look(mailbox))
    assert harm.kind in found if harm.kind else not found


def _sessions(lab: Lab, user: str, stop: threading.Event) -> None:
    """What a mail program does, as fast as it can."""
    with clients.imap(lab, user) as session:
        session.select("INBOX")
        while not stop.is_set():
            session.append("INBOX", "", "", b"Subject: busy\r\n\r\ntext\r\n")
            session.store("1:*", "+FLAGS", "(Busy)")
            session.store("1:20", "-FLAGS", r"(\Seen)")
            session.store("*", "+FLAGS", r"(\Deleted)")
            session.expunge()


def _deliveries(lab: Lab, user: str, stop: threading.Event) -> None:
    """What Postfix does, as fast as it can."""
    with smtplib.LMTP(str(lab.queue / "private/dovecot-lmtp"), timeout=30) as session:
        number = 0
        while not stop.is_set():
            number += 1
            text = "line\r\n" * (number % 40 * 50)
            session.sendmail("busy@lab.example", [user], f"Message-ID: <busy{number}@x>\r\n\r\n{text}")


BUSY = (_sessions, _deliveries)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("age", [0, 600], ids=["logs of today", "logs that are begun anew"])
def test_what_dovecot_does_by_itself_is_no_damage(goldens: dict[str, Golden], name: str, age: int) -> None:
    golden = goldens[name]
    mailbox = golden.restore()
    for log in mailbox.store.root.rglob("dovecot*index.log"):
        with log.open("r+b") as file:
            began = int.from_bytes(os.pread(file.fileno(), 4, CREATED), "little")
            os.pwrite(file.fileno(), (began - age).to_bytes(4, "little"), CREATED)
    user, inbox = mailbox.store.user, ("mailbox", "INBOX")

    def doveadm(*words: str, arguments: tuple[str, ...] = ()) -> None:
        subprocess.run(golden.doveadm.command(words, user, arguments), check=True, capture_output=True)
        assert look(mailbox).damages == (), words

    doveadm("fetch", arguments=("hdr.subject size.virtual date.received", *inbox, "ALL"))
    doveadm("mailbox", "cache", "purge", arguments=("INBOX",))
    doveadm("expunge", arguments=(*inbox, "UID", "1:20"))
    doveadm("mailbox", "cache", "purge", arguments=("INBOX",))
    (mailbox.index / "dovecot.index.cache").unlink()
    doveadm("fetch", arguments=("imap.envelope", *inbox, "ALL"))
    doveadm("force-resync", arguments=("INBOX",))
    if name == "mdbox":
        doveadm("purge")


def test_a_busy_mailbox_is_whole(lab: Lab, goldens: dict[str, Golden]) -> None:
    """Sessions and deliveries write while it is looked at: what is seen once may be a moment's, what is seen twice
    is damage.
    """
    stop = threading.Event()
    users = [golden.mailbox.store.user for golden in goldens.values()]
    writers = [threading.Thread(target=busy, args=(lab, user, stop)) for user in users for busy in BUSY]
    for writer in writers:
        writer.start()
    try:
        wrong = []
        for _ in range(60):
            for golden in goldens.values():
                found = check(golden.mailbox, again_after=0.3)
                wrong += [(one.kind, one.evidence) for one in found.damages]
                wrong += [("problem", found.problem)] if found.problem else []
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert wrong == []
    delivered = [
        len(asked_of_dovecot(golden.doveadm, golden.mailbox.store.user, "INBOX").mails) for golden in goldens.values()
    ]
    assert min(delivered) > 160, "nobody was busy"


def test_a_hostile_user_gains_nothing(goldens: dict[str, Golden], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"3 V1 N2\n1 :root-only\n")
    mailbox = goldens["maildir"].restore()
    plants: dict[str, Callable[[Path], object]] = {
        "dovecot.index": lambda path: path.symlink_to(secret),
        "dovecot.index.log": os.mkfifo,
        "dovecot.index.cache": Path.mkdir,
        "dovecot-uidlist": lambda path: path.symlink_to(secret),
        "dovecot-keywords": lambda path: path.symlink_to("/dev/zero"),
    }
    for file, plant in plants.items():
        path = mailbox.index / file
        path.unlink(missing_ok=True)
        plant(path)
    found = look(mailbox)
    assert {one.file for one in found.damages if one.kind == "misplaced"} == set(plants)
    assert "root-only" not in str(found)
    endless = mailbox.index / "dovecot.index.log"
    endless.unlink()
    endless.touch()
    os.truncate(endless, 2**40)
    os.chown(endless, MAIL_UID, MAIL_UID)
    assert "log.header" in kinds(look(mailbox))


def test_one_mailbox_full_of_traps_hides_no_other_damage(goldens: dict[str, Golden]) -> None:
    mailbox = goldens["maildir"].restore()
    index = mailbox.index / "dovecot.index"
    header = bytearray(index.read_bytes()[:120])
    header[4:8] = (150 * 2**20).to_bytes(4, "little")
    index.write_bytes(bytes(header) + struct.pack("<IIHHHH", 100 * 2**20, 0, 0, 0, 1, 4) + b"evil")
    os.truncate(index, 200 * 2**20)
    (mailbox.control / "dovecot-keywords").write_bytes(b"9" * 5000 + b" evil\n")
    (mailbox.control / "dovecot-uidlist").write_bytes(b"")
    assert {"index.header", "keywords.line", "uidlist.empty"} <= kinds(look(mailbox))


def test_a_folder_that_is_a_link_is_not_entered(goldens: dict[str, Golden], tmp_path: Path) -> None:
    mailbox = goldens["sdbox"].restore()
    folder = mailbox.mail
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    found = look(mailbox)
    assert found.problem.startswith("dbox-Mails: ") and found.damages == () and found.messages is None


def test_everybody_at_once(lab: Lab, goldens: dict[str, Golden], tmp_path: Path) -> None:
    mailboxes = Mailboxes(LocalTools(), DovecotConfig(LocalTools(), lab.dovecot_config), tmp_path)
    mailbox = goldens["sdbox"].mailbox
    path_of(mailbox, HARMS[0]).write_bytes(bytes(500))
    heard: list[tuple[int, int]] = []
    found = mailboxes.check(mailboxes.users(), lambda done, of: heard.append((done, of)))
    assert {one.user for one in found} >= {golden.mailbox.store.user for golden in goldens.values()}
    assert [look.mailbox.name for one in found for look in one.damaged] == ["INBOX"]
    assert heard and heard[-1][0] == heard[-1][1]


@pytest.mark.parametrize("name", FORMATS)
def test_doveadm_says_the_same_of_a_copy(lab: Lab, goldens: dict[str, Golden], name: str) -> None:
    mailbox = goldens[name].restore()
    before = {path.name: path.stat().st_mtime_ns for path in mailbox.index.iterdir()}
    tools = LocalTools()
    index, log = dumped(tools, DovecotConfig(tools, lab.dovecot_config), mailbox)
    told = {row.label: row.value for row in index.rows}
    assert told["messages count"] == str(len(goldens[name].certificate.mails))
    assert told["next uid"] == str(goldens[name].certificate.uidnext)
    assert log.title == "doveadm dump dovecot.index.log" and len(log.rows) > 100
    assert {path.name: path.stat().st_mtime_ns for path in mailbox.index.iterdir()} == before
    mailbox.index.joinpath("dovecot.index.log").write_bytes(b"")
    assert any(section.note for section in dumped(tools, DovecotConfig(tools, lab.dovecot_config), mailbox))
