"""Claim: the nightly look at 5,000 mailboxes takes a tenth of what it takes Dovecot to tell their status.

``python -m benchmarks.mailboxes``, as root: it starts a lab, copies one real mailbox 5,000 times, and stops it.
``--users 5000`` gives each user one mailbox; the default is 200 users with 25. Three looks of ours are told: the first
one, which reads every file; one at night, where nothing has changed; one after a day's mail, with every tenth mailbox
changed. Dovecot is asked in several ways: with its list indexes cold, it opens every mailbox, as it does whenever
another host, a restore or ``doveadm force-resync`` has been there; once they are warm, counts, UIDs and sizes are read
out of the list index alone and no mailbox is looked at, while ``all`` makes it open each one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measure import Timing, mailtui, show, timed
from mailtui.lab import Lab
from mailtui.lab.traffic import clients
from mailtui.lab.users import DOMAIN, MAIL_UID
from mailtui.services.dovecot.index.remembered import QUIET

_STATUS = "messages uidnext uidvalidity unseen highestmodseq"
_NIGHT = "mailtui, nothing changed"
_COUNT = 150
"""Messages of a mailbox."""


def fill(lab: Lab, mailboxes: int, users: int) -> list[Path]:
    """So many copies of a mailbox of 150 messages, shared out among the users; where they are."""
    with clients.imap(lab, f"alice@{DOMAIN}") as session:
        for number in range(_COUNT):
            session.append("INBOX", r"(\Seen Work)" if number % 3 else "", "", b"Subject: mail\r\n\r\ntext\r\n")
    entry = next(
        line for line in (lab.folder / "etc/dovecot/users").read_text().splitlines() if line.startswith("alice@")
    )
    entries, made = [], []
    for number in range(users):
        root = lab.mail_home(f"user{number}") / "Maildir"
        root.parent.mkdir(parents=True)
        for box in ("", *(f".box{box}" for box in range(mailboxes // users - 1))):
            _copy(lab.mail_home("alice") / "Maildir", root / box)
            made.append(root / box)
        entries.append(entry.replace("alice@", f"user{number}@").replace("/alice", f"/user{number}"))
    subprocess.run(["chown", "-R", f"{MAIL_UID}:{MAIL_UID}", str(lab.mail_home("alice").parent)], check=True)
    with (lab.folder / "etc/dovecot/users").open("a") as file:
        file.write("\n".join(entries) + "\n")
    return made


def _copy(source: Path, target: Path) -> None:
    def unwanted(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.startswith((".", "dovecot.list", "dovecot-uidval"))]

    shutil.copytree(source, target, ignore=unwanted, copy_function=os.link)
    for name in ("dovecot.index", "dovecot.index.log", "dovecot.index.cache", "dovecot-uidlist", "dovecot-keywords"):
        if (target / name).exists():  # what Dovecot writes to is a file of its own
            (target / name).unlink()
            shutil.copy2(source / name, target / name)


def _cool_down(roots: Sequence[Path]) -> None:
    """Take the list indexes away, as a restore or another host's access does."""
    for root in roots:
        for file in root.glob("dovecot.list.index*"):
            file.unlink()


def _forget(lab: Lab) -> None:
    """Let no look be remembered, and the mailboxes be quiet for long enough that the next one is."""
    (lab.folder / "mailtui/mailboxes.seen").unlink(missing_ok=True)
    time.sleep(2 * QUIET)


def _deliver(mailboxes: Sequence[Path], number: list[int]) -> None:
    """A new message in every tenth mailbox."""
    number[0] += 1
    for folder in mailboxes[::10]:
        path = folder / f"new/17952{number[0]:05d}.benchmark"
        path.write_bytes(b"Subject: new\r\n\r\ntext\r\n")
        os.chown(path, MAIL_UID, MAIL_UID)


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=5_000)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with Lab() as lab:
        folders = fill(lab, options.mailboxes, options.users)
        ours = mailtui(*lab.options(), "mailbox", "check", "--all")
        roots = [folder for folder in folders if folder.name == "Maildir"]
        show(_measured(lab, ours, roots, folders, options.rounds), _NIGHT)


def _measured(
    lab: Lab, ours: Sequence[str], roots: Sequence[Path], folders: Sequence[Path], rounds: int
) -> dict[str, Timing]:
    def doveadm(fields: str) -> list[str]:
        return ["doveadm", "-c", str(lab.dovecot_config), "-f", "tab", "mailbox", "status", "-A", fields, "*"]

    number = [0]
    cold = partial(_cool_down, roots)
    runs: dict[str, tuple[Callable[[], object], Sequence[str]]] = {
        "mailtui, first look": (partial(_forget, lab), ours),
        _NIGHT: (lambda: None, ours),
        "mailtui, a tenth changed": (partial(_deliver, folders, number), ours),
        "doveadm, cold": (cold, doveadm(_STATUS)),
        "doveadm messages, cold": (cold, doveadm("messages")),
        "doveadm all, cold": (cold, doveadm("all")),
        "doveadm all, warm": (lambda: None, doveadm("all")),
        "doveadm vsize, warm": (lambda: None, doveadm("vsize")),
        "doveadm, warm": (lambda: None, doveadm(_STATUS)),
    }
    return timed(runs, rounds)


if __name__ == "__main__":
    main()
