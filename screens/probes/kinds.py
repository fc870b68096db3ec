"""The probes that the console offers, in the order in which mail goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

_ADDRESS = "an address, such as anna@shop.example"
_LOGIN = "the name somebody logs in with"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them."""

    name: str
    title: str
    about: str
    """What it shows."""
    hint: str = _ADDRESS
    """Whom it asks for."""
    password: bool = False
    """Whether it logs in."""
    asks: bool = True
    """Whether it is about somebody at all."""
    sends: bool = False
    """Whether it makes mail, which a read-only console does not."""


KINDS = (
    Kind("user", "User", "Does the user exist everywhere: tables, Dovecot, disk, quota?"),
    Kind("recipient", "Recipient", "Is mail for it taken: by the tables, by our port, by the servers of others?"),
    Kind("deliver", "Test message", "Does a message arrive, and where?", sends=True),
    Kind("auth", "SMTP AUTH", "Can the user send: every submission port, and passdb itself?", _LOGIN, password=True),
    Kind("imap", "IMAP", "Can the user read: login and INBOX at every port?", _LOGIN, password=True),
    Kind("pop3", "POP3", "Can the user fetch: login and mailbox at every port?", _LOGIN, password=True),
    Kind("sieve", "ManageSieve", "Can the user set filters: login and scripts?", _LOGIN, password=True),
    Kind("auth-results", "SPF, DKIM", "What the checks of a message said, and what to believe", "a queue ID or a file"),
    Kind("relay", "Open relay", "May strangers send to strangers through this machine?", asks=False),
)
