"""Damaged mailboxes in the log: what Dovecot's texts mean (``data/mailbox_damage.json``), and which mailbox they name.

Several lines tell of one damage: the error, its panic, its backtrace, the master's word that the process was killed.
They are one incident of one user's mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from mailtui.maillog.data import table
from mailtui.maillog.incident_subject import Subject, identity
from mailtui.maillog.model import Event, Incident

EVENTS = frozenset({"index-error", "index-repaired", "mailbox-error"})
OPENED = "saved"
"""What is logged of a mailbox that could be opened and written to."""
CONSEQUENCES = frozenset({"panic", "backtrace", "child-killed"})
"""What follows in the same process."""
_PATH = re.compile(r"/[^\s:,()]+")
_OF_THE_MACHINE = frozenset({"space"})
"""What no mailbox is to blame for; one incident tells of all it hits."""
CAUSE = "mailbox-storage"
_ALL = "mailboxes"
_GRAVITY = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class Row:
    """What one of Dovecot's texts means."""

    id: str
    severity: str
    pattern: re.Pattern[str]
    title: str
    action: str


@cache
def rows() -> tuple[Row, ...]:
    """The table; the first row that fits counts."""
    return tuple(
        Row(row["id"], row["severity"], re.compile(row["pattern"]), row["title"], row["action"])
        for row in table("mailbox_damage")
    )


def damage_of(event: Event) -> Subject | None:
    """The mailbox an event is about and what is wrong with it; None for what tells of no mailbox's damage."""
    reason = event.fields.get("reason", event.text)
    row = next((row for row in rows() if row.pattern.search(reason)), None)
    user = event.fields.get("user", "")
    if row is None or not user or row.id in _OF_THE_MACHINE:
        return None
    place = mailbox_of(event)
    name = incident_of(event, user, place)
    where = f"{place or _ALL} of {user}"
    return Subject(name, CAUSE, "us", row.action, row.severity, f"{where}: {row.title}")


def incident_of(event: Event, user: str, mailbox: str) -> str:
    """The incident that tells of a mailbox's damage."""
    return identity("mailbox-damage", event.host, user, mailbox.casefold())


def told_of(incidents: Iterable[Incident], user: str) -> dict[str, Incident]:
    """The incidents that tell of a user's damaged mailboxes, by the mailbox's name; ``""`` is all of an mdbox."""
    found = {}
    for incident in incidents:
        before, _, what = incident.title.partition(f" of {user}: ")
        if incident.cause == CAUSE and what:
            place = before.rpartition(" × ")[2]
            found["" if place == _ALL else place] = incident
    return found


def graver(subject: Subject, other: Subject) -> Subject:
    """Of two about the same mailbox the one that tells more."""
    return min(subject, other, key=lambda one: _GRAVITY.index(one.severity))


def mailbox_of(event: Event) -> str:
    """The mailbox's name: as Dovecot says it, or by the path; ``""`` for all of an mdbox."""
    if event.fields.get("mailbox"):
        return event.fields["mailbox"]
    path = event.fields.get("path") or _first_path(event.fields.get("reason", ""))
    parts = PurePosixPath(path).parts
    if not parts or "storage" in parts:
        return ""
    if "dbox-Mails" in parts and "mailboxes" in parts:
        return "/".join(parts[parts.index("mailboxes") + 1 : parts.index("dbox-Mails")])
    folder = parts[-2] if len(parts) > 1 else ""
    return folder[1:].replace(".", "/") if folder.startswith(".") else "INBOX"


def damaged_in(events: Iterable[Event]) -> tuple[str, str] | None:
    """The user and the mailbox that the lines of an incident tell of; None for another incident."""
    for event in events:
        if event.event in EVENTS and damage_of(event) is not None:
            return event.fields["user"], mailbox_of(event)
    return None


def _first_path(text: str) -> str:
    found = _PATH.search(text)
    return found[0] if found else ""


def process_of(event: Event) -> tuple[str, str]:
    """What tells a process from others: its session or number, or, up to Dovecot 2.2, its user."""
    fields = event.fields
    number = fields.get("child") or (str(event.pid) if event.pid is not None else "")
    return event.host, fields.get("session") or number or fields.get("user", "")
