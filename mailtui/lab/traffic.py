"""Live traffic for a lab: the mix a small mail server sees, failures and hostile text included.

Each kind is a function that does one thing to the lab; ``Traffic`` does them at a rate until stopped.
"""

from __future__ import annotations

import contextlib
import imaplib
import itertools
import poplib
import random
import smtplib
import ssl
import subprocess
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING

from mailtui.lab.users import PASSWORD, USERS

if TYPE_CHECKING:
    from mailtui.lab.lab import Lab

_LOCAL = "127.0.0.1"
_TIMEOUT = 20.0
_NUMBERS = itertools.count(1)

HOSTILE_SUBJECTS = (
    "[bold red]markup[/] [/nothing] [@click=app.quit]x[/]",
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x9b2J",
    "\u202egnp.exe \u2066hidden\u2069 \u200b zero width",
    "日本語の件名 🎉 with = and ; and ' quotes \"",
)
HOSTILE_HELOS = ("[/x]", "mail.example]", "a=b;from=<x@y.example>")


def deliver(lab: Lab) -> None:
    """A message from outside to a mailbox."""
    _send(lab, "outside@accept.example", random.choice(USERS).address)


def alias_chain(lab: Lab) -> None:
    """Aliases that lead to two mailboxes, to a third alias, and away."""
    _send(lab, "outside@accept.example", "info@alias.example", "chain@alias.example", "away@alias.example")


def alias_to_nowhere(lab: Lab) -> None:
    """An alias that points to a mailbox Dovecot does not have: bounces after it was accepted."""
    _send(lab, "outside@accept.example", "leaver@alias.example")


def local_to_unknown_alias(lab: Lab) -> None:
    """sendmail(1) to an address no alias knows: bounces with ``User unknown in virtual alias table``."""
    message = _message("cron@lab.example", "nobody@alias.example", "nightly report")
    send_local(lab, message, "nobody@alias.example")


def unknown_user(lab: Lab) -> None:
    """RCPT TO a mailbox that is not there: refused."""
    with contextlib.suppress(smtplib.SMTPException):
        _send(lab, "outside@accept.example", "nosuch@lab.example")


def relay_denied(lab: Lab) -> None:
    """A stranger tries to relay."""
    with contextlib.suppress(smtplib.SMTPException):
        _send(lab, "spammer@elsewhere.example", "victim@accept.example", port="untrusted")


def sender_refused(lab: Lab) -> None:
    """A sender the access table names."""
    with contextlib.suppress(smtplib.SMTPException):
        _send(lab, "spammer@bad.example", "alice@lab.example")


def to_world(lab: Lab) -> None:
    """Submission by an authenticated user to one of the remote domains."""
    domain = random.choice(("accept", "grey", "full", "unknown", "strict", "busy", "drop"))
    _submit(lab, random.choice(USERS).address, f"friend{next(_NUMBERS) % 7}@{domain}.example")


def through_filter(lab: Lab) -> None:
    """Mail that takes the hop through the content filter."""
    _send(lab, "outside@accept.example", "bob@lab.example", "friend@accept.example", port="filtered")


def wrong_password(lab: Lab) -> None:
    """A submission login that fails."""
    with contextlib.suppress(smtplib.SMTPException), _submission(lab) as client:
        client.login("bob@lab.example", "wrong-" + str(next(_NUMBERS)))


def imap_login(lab: Lab) -> None:
    """Somebody looks into the inbox."""
    with imaplib.IMAP4(_LOCAL, lab.ports["imap"], timeout=_TIMEOUT) as client:
        client.login(random.choice(USERS).address, PASSWORD)
        client.select("INBOX", readonly=True)


def imap_wrong_password(lab: Lab) -> None:
    """A login that fails; Dovecot lets it wait."""
    with contextlib.suppress(imaplib.IMAP4.error), imaplib.IMAP4(_LOCAL, lab.ports["imap"], timeout=_TIMEOUT) as client:
        client.login("carol@lab.example", "wrong")


def pop3_login(lab: Lab) -> None:
    """Somebody fetches mail with POP3."""
    client = poplib.POP3(_LOCAL, lab.ports["pop3"], timeout=_TIMEOUT)
    client.user("alice@lab.example")
    client.pass_(PASSWORD)
    client.stat()
    client.quit()


def hostile(lab: Lab) -> None:
    """Subjects, HELO names and addresses made to break a console."""
    number = next(_NUMBERS)
    message = _message("h@accept.example", "alice@lab.example", "x", HOSTILE_SUBJECTS[number % len(HOSTILE_SUBJECTS)])
    helo = HOSTILE_HELOS[number % len(HOSTILE_HELOS)]
    with contextlib.suppress(smtplib.SMTPException), _client(lab, "smtp", helo) as client:
        client.mail('"[red]x; from=<a@b>"@accept.example')
        client.rcpt("alice@lab.example")
        client.rcpt('"[/] \\" nobody"@lab.example')
        client.data(message)


MIX: tuple[tuple[Callable[[Lab], None], int], ...] = (
    (deliver, 30),
    (to_world, 25),
    (alias_chain, 6),
    (through_filter, 6),
    (imap_login, 10),
    (pop3_login, 4),
    (unknown_user, 5),
    (relay_denied, 3),
    (sender_refused, 1),
    (alias_to_nowhere, 3),
    (local_to_unknown_alias, 2),
    (wrong_password, 2),
    (imap_wrong_password, 1),
    (hostile, 2),
)
"""What happens, and how often."""


class Traffic:
    """Does ``per_minute`` things of the mix to a lab, from a thread, between ``start`` and ``stop``."""

    def __init__(self, lab: Lab, *, per_minute: float = 120.0, seed: int = 1) -> None:
        self._lab = lab
        self._pause = 60.0 / per_minute
        self._random = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for what is under way."""
        self._stop.set()
        self._thread.join(_TIMEOUT)

    def _run(self) -> None:
        kinds, weights = zip(*MIX, strict=True)
        for kind, _ in MIX:  # everything once, so that a demo has all of it soon
            if self._once(kind):
                return
        while not self._once(self._random.choices(kinds, weights)[0]):
            pass

    def _once(self, kind: Callable[[Lab], None]) -> bool:
        with contextlib.suppress(OSError, smtplib.SMTPException, imaplib.IMAP4.error, poplib.error_proto, EOFError):
            kind(self._lab)
        return self._stop.wait(self._pause)


def send_local(lab: Lab, message: bytes, *recipients: str) -> None:
    """Hand a message to the lab's own sendmail(1)."""
    subprocess.run(
        ["/usr/sbin/sendmail", "-C", str(lab.postfix_config), "-f", "cron@lab.example", "--", *recipients],
        input=message,
        capture_output=True,
        timeout=_TIMEOUT,
        check=True,
    )


def _send(lab: Lab, sender: str, *recipients: str, port: str = "smtp") -> None:
    with _client(lab, port, "mail.outside.example") as client:
        client.sendmail(sender, recipients, _message(sender, recipients[0], "hello"))


def _submit(lab: Lab, user: str, recipient: str) -> None:
    with _submission(lab) as client:
        client.login(user, PASSWORD)
        client.sendmail(user, [recipient], _message(user, recipient, "submitted"))


def _submission(lab: Lab) -> smtplib.SMTP:
    client = smtplib.SMTP(_LOCAL, lab.ports["submission"], local_hostname="laptop.lab.example", timeout=_TIMEOUT)
    # The lab's certificate is its own; nobody else could be on this port.
    client.starttls(context=ssl._create_unverified_context())
    return client


def _client(lab: Lab, port: str, helo: str) -> smtplib.SMTP:
    return smtplib.SMTP(_LOCAL, lab.ports[port], local_hostname=helo, timeout=_TIMEOUT)


def _message(sender: str, recipient: str, text: str, subject: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Message-ID"] = f"<{next(_NUMBERS)}.{random.getrandbits(40):x}@{sender.rpartition('@')[2]}>"
    message.set_content(f"{text}\n" * random.randint(1, 60))
    # By hand: EmailMessage would refuse what a stranger's program does not.
    return f"Subject: {subject or text}\n".encode() + bytes(message)
