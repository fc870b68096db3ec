"""Damaged mailboxes in the log: one incident a mailbox, whatever number of lines tell of it."""

from __future__ import annotations

import pytest

from mailtui.maillog.incidents import IncidentBook
from mailtui.maillog.mailbox_damage import damage_of, mailbox_of, rows, told_of
from mailtui.maillog.model import Event, Incident
from tests.unit.stories.support import book

INFO = "/var/vmail/example.org/info/Maildir"
CRASH = """\
Nov 20 09:58:42 mx dovecot: imap(info@x.org)<5892><Wz>: Error: Mailbox INBOX: {info}/dovecot.index: modseq_hdr.log_offset too large
Nov 20 09:58:42 mx dovecot: imap(info@x.org)<5892><Wz>: Panic: file mail-transaction-log-file.c: line 1148 (f): assertion failed: (a <= b)
Nov 20 09:58:42 mx dovecot: imap(info@x.org)<5892><Wz>: Error: Raw backtrace: /usr/lib/dovecot/libdovecot.so.0(+0x9b2) [0x7f]
Nov 20 09:58:42 mx dovecot: imap(info@x.org)<5892><Wz>: Fatal: master: service(imap): child 5892 killed with signal 6 (core dumped)
"""
CRASH_22 = """\
Nov 20 09:59:42 mx dovecot: imap(info@x.org): Error: {info}/.Sent/dovecot.index: modseq_hdr.log_offset too large
Nov 20 09:59:42 mx dovecot: imap(info@x.org): Panic: file mail-transaction-log-file.c: line 1148 (f): assertion failed: (a <= b)
Nov 20 09:59:42 mx dovecot: imap: Fatal: master: service(imap): child 5893 killed with signal 6 (core not dumped)
"""


def read(text: str) -> IncidentBook:
    return book(text.format(info=INFO))


def one_of(read: IncidentBook) -> Incident:
    (incident,) = read.incidents()
    return incident


@pytest.mark.parametrize(("lines", "mailbox"), [(CRASH, "INBOX"), (CRASH_22, "Sent")])
def test_the_lines_of_a_crash_are_one_incident(lines: str, mailbox: str) -> None:
    found = read(lines)
    incident = one_of(found)
    assert incident.title == f"{mailbox} of info@x.org: modseq_hdr.log_offset too large"
    assert (incident.severity, incident.count) == ("error", 1)
    assert "2.2.19" in incident.action
    assert len(found.events(incident.id)) == len(lines.splitlines())


def test_the_same_damage_again_is_counted() -> None:
    incident = one_of(read(CRASH + CRASH.replace("5892", "6000").replace("Wz", "Xy")))
    assert incident.count == 2 and incident.title.startswith("2 × INBOX")


def test_another_mailbox_is_another_incident() -> None:
    assert len(read(CRASH + CRASH_22).incidents()) == 2


def test_a_crash_for_another_reason_is_not_taken_for_damage() -> None:
    lines = CRASH.splitlines()
    text = "\n".join([lines[1].replace("mail-transaction-log-file.c", "ostream.c"), lines[3]])
    assert one_of(read(text)).cause == "crash"


def test_a_full_disk_is_one_incident_for_everybody() -> None:
    line = "Nov 20 09:58:42 mx dovecot: imap(u{n}@x.org)<{n}><S{n}>: Error: Mailbox INBOX: write(/srv/u{n}/dovecot.index.log) failed: No space left on device\n"
    titles = [one.title for one in read("".join(line.replace("{n}", str(n)) for n in range(9))).incidents()]
    assert len(titles) == 1 and "x.org:" not in titles[0]


def event(**fields: str) -> Event:
    return Event("s", 0, 0.0, "mx", "dovecot", "", "imap", "imap", 1, "error", "", "index-error", fields, "")


@pytest.mark.parametrize(
    ("path", "mailbox"),
    [
        ("/srv/a/Maildir/dovecot.index", "INBOX"),
        ("/srv/a/Maildir/.Archive.2024/dovecot.index.log", "Archive/2024"),
        ("/srv/a/sdbox/mailboxes/Archive/2024/dbox-Mails/dovecot.index", "Archive/2024"),
        ("/srv/a/mdbox/storage/dovecot.map.index", ""),
    ],
)
def test_a_path_names_its_mailbox(path: str, mailbox: str) -> None:
    assert mailbox_of(event(path=path)) == mailbox
    assert mailbox_of(event(reason=f"Corrupted index file {path}: File too small")) == mailbox


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Corrupted index file /a/sdbox/mailboxes/INBOX/dbox-Mails/dovecot.index: Header size is larger", "dbox-index"),
        ("Corrupted transaction log file /a/dovecot.index.log seq 2: indexid changed: 1 -> 2 (sync_offset=3)", "log"),
        ("Index /a/dovecot.index: Lost log for seq=2 offset=40", "log-lost"),
        ("Broken file /a/dovecot-uidlist line 7: Invalid data: x", "uidlist"),
        ("Deleting corrupted cache: reset_id mismatch even after locking", "cache"),
        ("Corrupted index cache file /a/dovecot.index.cache: invalid record size", "cache"),
        ("read(/a/cur/1) failed: Cached message size smaller than expected (1 < 2)", "size"),
        ("mdbox map /a/storage/dovecot.map.index corrupted: file_id=1", "map"),
        ("map uid lost for uid 7", "map"),
        ("Corrupted dbox file /a/storage/m.1 (around offset=3): EOF", "dbox-file"),
        ("Timeout (180s) while waiting for lock for transaction log file /a/dovecot.index.log", "lock"),
        ("open(/a/dovecot.index.log) failed: Permission denied (euid=5000)", "permission"),
        ("fscking index file /a/dovecot.index", "mended"),
        ("UIDVALIDITY changed (1 -> 2)", "uidvalidity"),
    ],
)
def test_texts_of_every_version_are_known(text: str, row: str) -> None:
    subject = damage_of(event(reason=text, user="a"))
    assert subject is not None
    assert subject.meaning.endswith(next(one.title for one in rows() if one.id == row))


SAVED = "Nov 20 10:05:00 mx dovecot: lmtp(info@x.org)<{pid}><{session}>: msgid=<1@x>: saved mail to {mailbox}\n"


def saved(pid: int = 6001, session: str = "Ab", mailbox: str = "INBOX") -> str:
    return SAVED.format(pid=pid, session=session, mailbox=mailbox)


def test_a_mailbox_that_takes_mail_again_has_healed_and_the_incident_says_so() -> None:
    incident = one_of(read(CRASH + saved()))
    assert incident.title.endswith("opened since without a complaint")
    assert incident.severity == "notice" and "backup" in incident.action


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(saved(5892, "Wz"), id="by the process that complained"),
        pytest.param(saved(mailbox="Sent"), id="another mailbox"),
        pytest.param(saved().replace("info@x.org", "anna@x.org"), id="another user's"),
        pytest.param(saved() + CRASH.replace("5892", "6007").replace("Wz", "Zz"), id="damaged again"),
    ],
)
def test_what_proves_nothing_leaves_the_incident_as_it_is(after: str) -> None:
    incident = one_of(read(CRASH + after))
    assert incident.severity == "error" and "since without" not in incident.title


def test_a_users_mailboxes_are_found_among_the_incidents() -> None:
    incidents = read(CRASH * 2 + CRASH_22 + CRASH.replace("info@x.org", "anna@x.org")).incidents()
    told = told_of(incidents, "info@x.org")
    assert told.keys() == {"INBOX", "Sent"}
    assert told["INBOX"].count == 2
