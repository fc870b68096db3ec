"""The lab is a real mail system that leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mailtui.lab import Lab, traffic
from mailtui.lab.wait import listens, wait_until


def logged(lab: Lab, *words: str) -> bool:
    """Whether one line of the lab's logs holds all words."""
    lines = lab.log.read_text(errors="replace").splitlines() + lab.dovecot_log.read_text(errors="replace").splitlines()
    return any(all(word in line for word in words) for line in lines)


def eventually_logged(lab: Lab, *words: str) -> None:
    assert wait_until(lambda: logged(lab, *words)), f"not logged: {words}"


def processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in word for word in process.cmdline()) or process.cwd().startswith(str(folder)):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.mark.parametrize("user", ["alice", "dave", "erin"])
def test_mail_reaches_a_mailbox_of_every_format(lab: Lab, user: str) -> None:
    address = f"{user}@lab.example"
    traffic.send(lab, "outside@accept.example", address)
    eventually_logged(lab, f"to=<{address}>", "status=sent", "Saved")
    eventually_logged(lab, f"lmtp({address})", "saved mail to INBOX")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (traffic.alias_chain, ("to=<carol@lab.example>", "orig_to=<chain@alias.example>", "status=sent")),
        (traffic.alias_to_nowhere, ("to=<gone@lab.example>", "status=bounced", "550 5.1.1", "User doesn't exist")),
        (traffic.local_to_unknown_alias, ("status=bounced", "User unknown in virtual alias table")),
        (traffic.unknown_user, ("NOQUEUE: reject: RCPT", "User unknown in virtual mailbox table")),
        (traffic.relay_denied, ("NOQUEUE: reject: RCPT", "Relay access denied")),
        (traffic.sender_refused, ("NOQUEUE: reject: RCPT", "we know you")),
        (traffic.through_filter, ("status=sent", "from MTA(smtp:[127.0.0.1]", "queued as")),
        (traffic.wrong_password, ("203.0.113.6", "SASL", "authentication failed")),
        (traffic.imap_login, ("imap-login", "user=<", "method=PLAIN")),
        (traffic.imap_wrong_password, ("carol@lab.example", "Password mismatch")),
        (traffic.pop3_login, ("pop3-login", "user=<alice@lab.example>")),
        (traffic.local_to_root, ("to=<root@mx.lab.example>", "relay=local", "forwarded as")),
        (traffic.newsletter, ("to=<reader3@unknown.example>", "status=bounced")),
        (traffic.no_mail_program, ("non-SMTP command", "GET / HTTP/1.1")),
        (traffic.hostile, ("warning: header Subject:", "odd subject", "helo=<")),
        (traffic.hostile, ("client=mail.shop.example[192.0.2.10]",)),
    ],
)
def test_each_kind_of_traffic_shows_in_the_log(lab: Lab, kind: Callable[[Lab], None], words: tuple[str, ...]) -> None:
    kind(lab)
    eventually_logged(lab, *words)


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("a@accept.example", ("status=sent", "accepted by the lab's world")),
        ("b@grey.example", ("status=deferred", "Greylisted")),
        ("c@full.example", ("status=deferred", "4.2.2")),
        ("d@unknown.example", ("status=bounced", "5.1.1")),
        ("e@strict.example", ("status=bounced", "5.7.26")),
        ("f@busy.example", ("status=deferred", "4.7.28")),
        ("g@drop.example", ("status=deferred", "lost connection")),
        ("h@slow.example", ("status=deferred", "timed out while sending RCPT TO")),
    ],
)
def test_each_remote_domain_answers_as_told(lab: Lab, recipient: str, words: tuple[str, ...]) -> None:
    traffic.submit(lab, "alice@lab.example", recipient)
    eventually_logged(lab, f"to=<{recipient}>", *words)


def test_greylisted_mail_is_delivered_when_tried_again(lab: Lab) -> None:
    traffic.submit(lab, "alice@lab.example", "again@grey.example")
    eventually_logged(lab, "to=<again@grey.example>", "status=deferred")
    assert wait_until(lambda: logged(lab, "to=<again@grey.example>", "status=sent"), 60)


def test_two_labs_run_side_by_side_and_stop_without_a_trace(lab: Lab) -> None:
    with Lab() as other:
        assert other.folder != lab.folder
        traffic.send(other, "outside@accept.example", "alice@lab.example")
        eventually_logged(other, "to=<alice@lab.example>", "status=sent")
        folder, port = other.folder, other.ports["smtp"]
        assert processes_in(folder)
    assert not folder.exists()
    assert not processes_in(folder)
    assert not listens(port)
    assert listens(lab.ports["smtp"])


def test_nothing_outlives_an_owner_that_is_killed() -> None:
    program = "import signal\nfrom mailtui.lab import Lab\nlab = Lab()\nlab.start()\nprint(lab.folder, flush=True)\nsignal.pause()"
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        folder = Path(owner.stdout.readline().strip())
    assert folder.is_dir()
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert wait_until(lambda: not folder.exists() and not processes_in(folder), 30)
