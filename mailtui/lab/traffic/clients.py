"""The programs that talk to a lab: other mail servers, its users' programs, and its own sendmail(1)."""

from __future__ import annotations

import imaplib
import poplib
import random
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtui.lab.traffic.messages import message
from mailtui.lab.users import PASSWORD

if TYPE_CHECKING:
    from mailtui.lab.lab import Lab

_LOCAL = "127.0.0.1"
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who connects, as Postfix is told with XCLIENT: all really come from loopback."""

    address: str
    """From the networks for documentation (RFC 5737)."""
    name: str = "[UNAVAILABLE]"
    helo: str = "localhost.localdomain"


SERVERS = (
    Client("192.0.2.10", "mail.shop.example", "mail.shop.example"),
    Client("192.0.2.25", "mx2.university.example", "mx2.university.example"),
    Client("198.51.100.7", "out.newsletter.example", "out.newsletter.example"),
    Client("198.51.100.40", helo="smtp.partner.example"),
)
"""Other mail servers."""
STRANGERS = (
    Client("203.0.113.66", helo="WIN-7J2K4Q"),
    Client("203.0.113.67", "dialup-67.pool.example", "ylmf-pc"),
)
"""Who has no business here."""
LAPTOP = Client("192.0.2.200", "laptop.lab.example", "laptop.lab.example")
"""Where the lab's users are."""


@contextmanager
def smtp(lab: Lab, port: str = "smtp", client: Client | None = None) -> Iterator[smtplib.SMTP]:
    """An SMTP session that has said EHLO."""
    with smtplib.SMTP(_LOCAL, lab.ports[port], timeout=TIMEOUT) as session:
        _introduce(session, client or random.choice(SERVERS))
        yield session


@contextmanager
def submission(lab: Lab, client: Client = LAPTOP, *, wrapped: bool = False) -> Iterator[smtplib.SMTP]:
    """A session on the submission port, encrypted; ``wrapped``: on the one that is so from the first byte."""
    port, tls = ("submissions", _tls()) if wrapped else ("submission", None)
    with (
        smtplib.SMTP_SSL(_LOCAL, lab.ports[port], timeout=TIMEOUT, context=tls)
        if wrapped
        else smtplib.SMTP(_LOCAL, lab.ports[port], timeout=TIMEOUT)
    ) as session:
        _introduce(session, client)
        if not wrapped:
            session.starttls(context=_tls())
            session.ehlo(client.helo)
        yield session


def send(lab: Lab, sender: str, *recipients: str, port: str = "smtp", client: Client | None = None) -> None:
    """Mail from another mail server."""
    with smtp(lab, port, client) as session:
        session.sendmail(sender, recipients, message(sender, recipients[0], "hello"))


def submit(lab: Lab, user: str, *recipients: str, wrapped: bool = False) -> None:
    """Mail of an authenticated user."""
    with submission(lab, wrapped=wrapped) as session:
        session.login(user, PASSWORD)
        session.sendmail(user, recipients, message(user, recipients[0], "submitted"))


def send_local(lab: Lab, sender: str, *recipients: str) -> None:
    """Mail of a program on the machine itself."""
    subprocess.run(
        ["/usr/sbin/sendmail", "-C", str(lab.postfix_config), "-f", sender, "--", *recipients],
        input=message(sender, recipients[0], "nightly report"),
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    )


@contextmanager
def imap(lab: Lab, user: str, password: str = PASSWORD, address: str = LAPTOP.address) -> Iterator[imaplib.IMAP4]:
    """An IMAP session, logged in; Dovecot is told where it comes from as by a web mail program."""
    with imaplib.IMAP4(_LOCAL, lab.ports["imap"], timeout=TIMEOUT) as session:
        session.xatom("ID", f'("x-originating-ip" "{address}")')
        session.login(user, password)
        yield session


def pop3(lab: Lab, user: str) -> None:
    """A look into a mailbox with POP3."""
    session = poplib.POP3(_LOCAL, lab.ports["pop3"], timeout=TIMEOUT)
    session.user(user)
    session.pass_(PASSWORD)
    session.stat()
    session.quit()


def _introduce(session: smtplib.SMTP, client: Client) -> None:
    session.docmd("XCLIENT", f"NAME={client.name} ADDR={client.address}")
    session.ehlo(client.helo)


def _tls() -> ssl.SSLContext:
    # The lab's certificate is its own; nobody else could be on this port.
    return ssl._create_unverified_context()
