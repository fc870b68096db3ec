"""Claim: 5,000 mailboxes are looked at in seconds, without Dovecot.

``python -m benchmarks.mailboxes``, as root: it starts a lab, copies one real mailbox 5,000 times, and stops it. Dovecot
itself answers ``doveadm mailbox status -A`` out of its list index once that is warm, and then reads no mailbox at all:
both are told.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from pathlib import Path

from benchmarks.measure import in_turns, mailtui, show
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import DOMAIN, MAIL_UID

_USERS = 200
_OURS = "mailtui mailbox check --all"
_STATUS = "messages uidnext uidvalidity unseen highestmodseq"


def fill(lab: Lab, count: int) -> None:
    """So many copies of a mailbox of 150 messages, shared out among 200 users."""
    with clients.imap(lab, f"alice@{DOMAIN}") as session:
        for number in range(150):
            session.append("INBOX", r"(\Seen Work)" if number % 3 else "", "", b"Subject: mail\r\n\r\ntext\r\n")
    users = lab.folder / "etc/dovecot/users"
    entry = next(line for line in users.read_text().splitlines() if line.startswith("alice@"))
    entries = []
    for number in range(_USERS):
        root = lab.mail_home(f"user{number}") / "Maildir"
        root.parent.mkdir(parents=True)
        for box in ("", *(f".box{box}" for box in range(count // _USERS - 1))):
            _copy(lab.mail_home("alice") / "Maildir", root / box)
        entries.append(entry.replace("alice@", f"user{number}@").replace("/alice", f"/user{number}"))
    subprocess.run(["chown", "-R", f"{MAIL_UID}:{MAIL_UID}", str(lab.mail_home("alice").parent)], check=True)
    users.write_text(users.read_text() + "\n".join(entries) + "\n")


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    names = [
        str(path) for path in source.iterdir() if not path.name.startswith((".", "dovecot.list", "dovecot-uidval"))
    ]
    subprocess.run(["cp", "-a", "--", *names, str(target)], check=True)


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with Lab() as lab:
        fill(lab, options.mailboxes)
        doveadm = ["doveadm", "-c", str(lab.dovecot_config), "-f", "tab", "mailbox", "status", "-A", _STATUS, "*"]
        begin = time.perf_counter()
        subprocess.run(doveadm, stdout=subprocess.DEVNULL, check=True)
        print(f"doveadm mailbox status -A, the first time: {time.perf_counter() - begin:.1f} s")
        commands = {
            _OURS: mailtui(*lab.options(), "mailbox", "check", "--all"),
            "doveadm, list index warm": doveadm,
        }
        show(in_turns(commands, options.rounds), _OURS)


if __name__ == "__main__":
    main()
