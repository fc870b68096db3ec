"""The people who have mailboxes in the lab, one or more of each mailbox format."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "lab.example"
PASSWORD = "lab-password"  # noqa: S105 - of users that exist for minutes, on loopback
MAIL_UID = 5000
"""User and group ID that owns the mail; needs no name."""


@dataclass(frozen=True, slots=True)
class User:
    """One mailbox owner."""

    name: str
    format: str = "maildir"
    """``maildir``, ``sdbox`` or ``mdbox``."""

    @property
    def address(self) -> str:
        """The user's address, which is also the login name."""
        return f"{self.name}@{DOMAIN}"


USERS = (
    User("alice"),
    User("bob"),
    User("carol"),
    User("dave", "sdbox"),
    User("erin", "mdbox"),
)

ALIASES = {
    "info@alias.example": "alice@lab.example, bob@lab.example",
    "chain@alias.example": "second@alias.example",
    "second@alias.example": "third@alias.example",
    "third@alias.example": "carol@lab.example",
    "leaver@alias.example": "gone@lab.example",
    "away@alias.example": "friend@accept.example",
}
"""virtual(5) entries; ``leaver`` points to a mailbox that was removed."""

MAILBOXES = (*(user.address for user in USERS), "gone@lab.example")
"""What Postfix accepts mail for; ``gone`` is known here and unknown to Dovecot."""


def passwd_file(home: Path, *, new_names: bool) -> str:
    """Dovecot's passwd-file; 2.4 names the storage format in other fields than 2.3."""
    return "".join(f"{_entry(user, home / user.name, new_names)}\n" for user in USERS)


def _entry(user: User, home: Path, new_names: bool) -> str:
    extra = ""
    if user.format != "maildir":
        fields = ("mail_driver={0}", "mail_path=~/{0}") if new_names else ("mail={0}:~/{0}",)
        extra = " ".join(f"userdb_{field.format(user.format)}" for field in fields)
    return f"{user.address}:{_hashed(PASSWORD)}:{MAIL_UID}:{MAIL_UID}::{home}::{extra}"


def _hashed(password: str) -> str:
    salt = os.urandom(8)
    digest = hashlib.sha256(password.encode() + salt).digest()
    return "{SSHA256}" + base64.b64encode(digest + salt).decode()
