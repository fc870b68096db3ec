"""Results of a message that really went through Postfix: where it puts its own fields, and where a stranger's end up."""

from __future__ import annotations

import json
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtui.lab import Lab
from tests.support.waiting import until

_OURS = (
    "Authentication-Results: mx.lab.example; spf=pass smtp.mailfrom=a@other.example; dkim=fail header.d=other.example"
)
_FORGED = (
    "Authentication-Results: mx.lab.example; dkim=pass header.d=other.example; dmarc=pass header.from=other.example"
)
_LIE = "Received: from localhost (localhost [127.0.0.1]) by mx.lab.example (Postfix) with ESMTP id 1; Mon, 1 Jan 2026"


@pytest.fixture(scope="module")
def checked(lab: Lab) -> Iterator[Lab]:
    """A lab that writes results as policy servers do, and keeps bob's mail in the queue."""
    lab.command(
        "postconf",
        "-e",
        f"smtpd_recipient_restrictions = check_sender_access inline:{{{{a@other.example = PREPEND {_OURS}}}}}, "
        "check_recipient_access inline:{{bob@lab.example = HOLD for a look}}",
    )
    lab.command("postfix", "reload")
    yield lab


def send(lab: Lab, recipient: str) -> str:
    """From outside, with forged fields; the reply to the message."""
    with smtplib.SMTP("127.0.0.1", lab.ports["smtp"], timeout=20) as client:
        client.ehlo()
        assert client.docmd("XCLIENT", "NAME=mail.other.example ADDR=192.0.2.1")[0] == 220
        client.ehlo("mail.other.example")
        assert client.mail("a@other.example")[0] == 250 and client.rcpt(recipient)[0] == 250
        letter = f"{_FORGED}\r\n{_LIE}\r\nFrom: Anna <a@other.example>\r\nTo: you\r\nSubject: hello\r\n\r\nhello\r\n"
        return client.data(letter.encode())[1].decode()


def ask(lab: Lab, *words: str) -> dict[str, object]:
    argv = [sys.executable, "-m", "mailtui", "auth-results", *lab.options(), "--json", *words]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def judged(found: dict[str, object]) -> list[tuple[str, str]]:
    headers = found["headers"]
    assert isinstance(headers, list)
    return [(one["trust"], one["results"][0]["method"]) for one in headers]


def test_a_message_in_a_mailbox(checked: Lab) -> None:
    assert "queued as" in send(checked, "alice@lab.example")
    folder = Path(checked.mail_home("alice"), "Maildir/new")
    assert until(lambda: folder.is_dir() and any(folder.iterdir()))
    found = ask(checked, str(next(folder.iterdir())))
    assert judged(found) == [("ours", "spf"), ("forged", "dkim")], found
    assert found["from"] == "other.example"


def test_a_message_in_the_queue(checked: Lab) -> None:
    queue_id = send(checked, "bob@lab.example").rpartition(" ")[2]
    assert until(lambda: f"{queue_id}!" in checked.command("postqueue", "-p"))
    assert judged(ask(checked, queue_id)) == [("ours", "spf"), ("forged", "dkim")]


def test_a_message_in_a_mailbox_without_files_of_its_own(checked: Lab) -> None:
    send(checked, "erin@lab.example")
    fetch = ("doveadm", "fetch", "-u", "erin@lab.example", "uid", "mailbox", "INBOX", "all")
    assert until(lambda: "uid: 1" in checked.command(*fetch))
    assert judged(ask(checked, "--user", "erin@lab.example", "1")) == [("ours", "spf"), ("forged", "dkim")]
    argv = [sys.executable, "-m", "mailtui", "auth-results", *checked.options(), "--user", "erin@lab.example", "99"]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=False)
    assert done.returncode == 3 and b"no such message" in done.stderr
