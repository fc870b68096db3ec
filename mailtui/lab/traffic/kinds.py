"""What happens at a small mail server: each function does one thing to a lab.

What a server refuses is part of it, so refusals are no errors here.
"""

from __future__ import annotations

import contextlib
import imaplib
import random
import smtplib
import socket
from typing import TYPE_CHECKING

from mailtui.lab.traffic.clients import (
    SERVERS,
    STRANGERS,
    Client,
    imap,
    pop3,
    send,
    send_local,
    smtp,
    submission,
    submit,
)
from mailtui.lab.traffic.messages import (
    HOSTILE_HELOS,
    HOSTILE_RECIPIENT,
    HOSTILE_SENDER,
    HOSTILE_SUBJECTS,
    NUMBERS,
    message,
)
from mailtui.lab.users import USERS

if TYPE_CHECKING:
    from mailtui.lab.lab import Lab

_OUTSIDE = "outside@accept.example"
_refused = contextlib.suppress(smtplib.SMTPException)


def deliver(lab: Lab) -> None:
    """A message from outside to a mailbox."""
    send(lab, _OUTSIDE, random.choice(USERS).address)


def alias_chain(lab: Lab) -> None:
    """Aliases that lead to two mailboxes, to a third alias, and away."""
    send(lab, _OUTSIDE, "info@alias.example", "chain@alias.example", "away@alias.example")


def alias_to_nowhere(lab: Lab) -> None:
    """An alias that points to a mailbox Dovecot does not have: bounces after it was accepted."""
    send(lab, _OUTSIDE, "leaver@alias.example")


def local_to_unknown_alias(lab: Lab) -> None:
    """sendmail(1) to an address no alias knows: bounces with ``User unknown in virtual alias table``."""
    send_local(lab, "cron@lab.example", "nobody@alias.example")


def local_to_root(lab: Lab) -> None:
    """sendmail(1) to root, whom aliases(5) leads to a mailbox."""
    send_local(lab, "cron@lab.example", "root@mx.lab.example")


def unknown_user(lab: Lab) -> None:
    """RCPT TO a mailbox that is not there: refused."""
    with _refused:
        send(lab, _OUTSIDE, "nosuch@lab.example")


def relay_denied(lab: Lab) -> None:
    """A stranger tries to relay."""
    with _refused:
        send(lab, "spammer@elsewhere.example", "victim@accept.example", client=random.choice(STRANGERS))


def sender_refused(lab: Lab) -> None:
    """A sender the access table names."""
    with _refused:
        send(lab, "spammer@bad.example", "alice@lab.example", client=random.choice(STRANGERS))


def no_mail_program(lab: Lab) -> None:
    """Something that speaks HTTP to an SMTP port."""
    with socket.create_connection(("127.0.0.1", lab.ports["smtp"]), timeout=5) as connection:
        connection.recv(512)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: mx.lab.example\r\n\r\n")
        connection.recv(512)


def to_world(lab: Lab) -> None:
    """Submission by an authenticated user to one of the remote domains."""
    domain = random.choice(("accept", "grey", "full", "unknown", "strict", "busy", "drop", "slow"))
    submit(lab, random.choice(USERS).address, f"friend{next(NUMBERS) % 7}@{domain}.example")


def newsletter(lab: Lab) -> None:
    """One message to many, over the port that is encrypted from the first byte; some arrive, some do not."""
    domains = ("accept", "accept", "accept", "unknown", "full")
    recipients = [f"reader{number}@{domain}.example" for number, domain in enumerate(domains)]
    submit(lab, "carol@lab.example", *recipients, wrapped=True)


def through_filter(lab: Lab) -> None:
    """Mail that takes the hop through the content filter."""
    send(lab, _OUTSIDE, "bob@lab.example", "away@alias.example", port="filtered")


def wrong_password(lab: Lab) -> None:
    """A submission login that fails."""
    with _refused, submission(lab, random.choice(STRANGERS)) as session:
        session.login("bob@lab.example", f"wrong-{next(NUMBERS)}")


def imap_login(lab: Lab) -> None:
    """Somebody looks into the inbox."""
    with imap(lab, random.choice(USERS).address) as session:
        session.select("INBOX", readonly=True)


def imap_wrong_password(lab: Lab) -> None:
    """A login that fails; Dovecot lets it wait."""
    address = random.choice(STRANGERS).address
    with contextlib.suppress(imaplib.IMAP4.error), imap(lab, "carol@lab.example", "wrong", address):
        pass


def pop3_login(lab: Lab) -> None:
    """Somebody fetches mail with POP3, where it is served."""
    if "pop3" in lab.ports:
        pop3(lab, "alice@lab.example")


def hostile(lab: Lab) -> None:
    """Subjects, HELO names and addresses made to break a console."""
    number = next(NUMBERS)
    client = Client(SERVERS[0].address, SERVERS[0].name, HOSTILE_HELOS[number % len(HOSTILE_HELOS)])
    subject = HOSTILE_SUBJECTS[number % len(HOSTILE_SUBJECTS)]
    with _refused, smtp(lab, client=client) as session:
        session.mail(HOSTILE_SENDER)
        session.rcpt("alice@lab.example")
        session.rcpt(HOSTILE_RECIPIENT)
        session.data(message("h@accept.example", "alice@lab.example", "x", subject))


def beyond_ascii(lab: Lab) -> None:
    """A sender in UTF-8 (RFC 6531), which Postfix takes and Dovecot may not."""
    sender, recipient = "jürgen.日本@accept.example", "bob@lab.example"
    with _refused, smtp(lab) as session:
        session.mail(sender, ["SMTPUTF8"])
        session.rcpt(recipient)
        session.data(message("j@accept.example", recipient, "hello"))
