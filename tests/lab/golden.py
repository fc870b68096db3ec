"""A mailbox that Dovecot made, with a copy of it that is put back before each damage, and what Dovecot says of it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from mailtui.host.tools import LocalTools
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import DOMAIN, MAIL_UID
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.repair.proof import asked_of_dovecot
from mailtui.services.dovecot.stores.discovery import mailbox as inbox
from mailtui.services.dovecot.stores.model import Mailbox, Store
from tests.support.waiting import until

USERS = {"maildir": "alice", "sdbox": "dave", "mdbox": "erin"}
MBOX = "bob"
"""Whose Maildir becomes an mbox where a test needs one; see ``has_mbox``."""
MESSAGES = 150
_SUBFOLDERS = {"maildir": "Maildir", "sdbox": "sdbox", "mdbox": "mdbox"}
_MBOX_FIELDS = {False: "userdb_mail=mbox:~/mbox", True: "userdb_mail_driver=mbox userdb_mail_path=~/mbox"}
"""By whether it is Dovecot 2.4."""


def mailbox_of(lab: Lab, mailbox_format: str) -> Mailbox:
    """The INBOX of the lab's user with that format."""
    name = {**USERS, "mbox": MBOX}[mailbox_format]
    home = lab.mail_home(name)
    if mailbox_format == "mbox":
        return inbox(Store(f"{name}@{DOMAIN}", MAIL_UID, MAIL_UID, home, "mbox", home / "mbox", layout="fs"), "INBOX")
    root = home / _SUBFOLDERS[mailbox_format]
    layout = "maildir++" if mailbox_format == "maildir" else "fs"
    store = Store(f"{name}@{DOMAIN}", MAIL_UID, MAIL_UID, home, mailbox_format, root, layout=layout)
    folder = root if mailbox_format == "maildir" else root / "mailboxes/INBOX/dbox-Mails"
    return Mailbox(store, "INBOX", folder, folder, folder)


def has_mbox(lab: Lab, *, new_names: bool) -> None:
    """Give the lab's user of ``MBOX`` an mbox; Dovecot looks at its file about once a second."""
    lines = lab.users.read_text().splitlines()
    ends = {f"{MBOX}@{DOMAIN}:": _MBOX_FIELDS[new_names]}
    lab.users.write_text("".join(f"{line}{ends.get(line.partition(':')[0] + ':', '')}\n" for line in lines))
    told = ["doveadm", "-c", str(lab.dovecot_config), "user", f"{MBOX}@{DOMAIN}"]
    assert until(lambda: "mbox" in subprocess.run(told, capture_output=True, text=True, check=True).stdout)


class Golden:
    """About 150 messages with flags and keywords.

    ``aged`` has had its log rotated, so that the logs no longer go back to the beginning: then the index, and the one
    before it, are all that knows of the older flags.
    """

    def __init__(self, lab: Lab, mailbox_format: str, spare: Path, *, aged: bool = False) -> None:
        self.lab = lab
        self.mailbox = mailbox_of(lab, mailbox_format)
        self.home = lab.mail_home(self.mailbox.store.user.partition("@")[0])
        self._copy = spare / f"{mailbox_format}-{aged}"
        tools = LocalTools()
        self.doveadm = Doveadm(tools, DovecotConfig(tools, lab.dovecot_config))
        self._clear()
        _fill(lab, self.mailbox.store.user)
        _write_index(lab, self.mailbox.store.user)
        if aged:
            _rotate(lab, self.mailbox.store.user)
        self.keep()

    def keep(self) -> None:
        """Take the mailbox as it is now for the golden one."""
        self.certificate = asked_of_dovecot(self.doveadm, self.mailbox.store.user, "INBOX")
        quiet(self.home)
        subprocess.run(["rm", "-rf", "--", self._copy], check=True)
        subprocess.run(["cp", "-a", "--", self.home, self._copy], check=True)

    def restore(self) -> Mailbox:
        """Put the copy back, owners and all, with nothing beside it."""
        self._clear()
        subprocess.run(["cp", "-a", "--", f"{self._copy}/.", self.home], check=True)
        return self.mailbox

    def _clear(self) -> None:
        subprocess.run(["rm", "-rf", "--", *self.home.iterdir()], check=True)


def _fill(lab: Lab, user: str) -> None:
    with clients.imap(lab, user) as session:
        for number in range(MESSAGES + 4):
            head = f"Message-ID: <{number}@golden>\r\nSubject: number {number}\r\n\r\n"
            session.append("INBOX", "", "", (head + "text\r\n" * (number % 7)).encode())
        session.status("INBOX", "(HIGHESTMODSEQ)")  # from now on the index keeps modification sequences
        session.select("INBOX")
        for flags, which in (
            (r"\Seen", "1:140"),
            (r"\Flagged", "5:20,100"),
            (r"\Answered", "30:45"),
            (r"\Draft", "50"),
            ("Work", "10:60"),
            ("$Important", "55:70"),
            (r"\Deleted", "2,3,151:152"),
        ):
            session.store(which, "+FLAGS", f"({flags})")
        session.expunge()
        for number in range(20, 120):  # single changes, as a user makes them
            session.store(str(number), "+FLAGS", "(Later)" if number % 3 else r"(\Flagged)")
        session.fetch("1:*", "(ENVELOPE BODYSTRUCTURE RFC822.SIZE)")  # so that there is a cache


def _write_index(lab: Lab, user: str) -> None:
    """Bring the snapshot up to date, twice, so that there is the one before it too: when is for Dovecot to choose."""
    for word in ("Written", "Twice"):
        options = ["-o", "mail_index_rewrite_max_log_bytes=1"]
        lab.command("doveadm", *options, "flags", "add", "-u", user, word, "mailbox", "INBOX", "uid", "80:95")


def _rotate(lab: Lab, user: str) -> None:
    """Make Dovecot begin new logs, so that not even the last but one goes back to the beginning."""
    options = ["-o", "mail_index_log_rotate_max_size=1"]
    for number, word in enumerate(("First", "Second", "Third", "Fourth")):
        lab.command(
            "doveadm", *options, "flags", "add", "-u", user, word, "mailbox", "INBOX", "uid", f"60:{90 + number}"
        )


def quiet(home: Path) -> None:
    """Nothing may write any more: the IMAP process has noticed that its client is gone."""
    deadline = time.monotonic() + 5
    while any(_opened(entry, str(home)) for entry in Path("/proc").glob("[0-9]*/fd")):
        assert time.monotonic() < deadline, "a session stays"


def _opened(folder: Path, home: str) -> bool:
    """Whether a process has a file below ``home`` open."""
    try:
        return any(str(entry.readlink()).startswith(home) for entry in folder.iterdir())
    except OSError:
        return False
