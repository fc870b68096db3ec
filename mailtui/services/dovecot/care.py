"""What can be done for a mailbox that is not broken: quota, cache, index, search index, purge, a copy elsewhere.

Each opens mailboxes, and so is refused while one of them is damaged in a way that opening it makes worse. What each
does and costs is from doveadm-quota(1), -mailbox(1), -index(1), -fts(1), -purge(1) and -backup(1).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from mailtui.changes.plan import Json, Missed, Note, Outcome, Plan, Step, Target
from mailtui.host.errors import UsageError
from mailtui.host.tools import Tools
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.services.dovecot.doveadm import Doveadm, literal
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.stores.location import FORMATS
from mailtui.services.dovecot.stores.model import Mailbox, Store
from mailtui.services.dovecot.stores.service import Stores
from mailtui.text import clean

NAME = "mailbox-care"
TIMEOUT = 6 * 3600.0
_PLACE = re.compile(rf"({'|'.join(FORMATS)}):(/[^:%~\x00-\x1f\x7f]+)")
_STOPPED = "mailtui was stopped, and whether Dovecot came to the end is not known"


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of ``care.json``."""

    words: tuple[str, ...]
    of_mailbox: bool
    """Whether it is done to one mailbox; else to a user's whole mail."""
    why: str
    cost: str
    undo: str
    formats: tuple[str, ...] = FORMATS
    new: bool = False
    """Whether it makes the mailbox, which must not be there yet."""


@cache
def operations() -> Mapping[str, Operation]:
    """All of them by name."""
    rows = json.loads(files(__package__).joinpath("care.json").read_text(encoding="utf-8"))
    return {
        name: Operation(
            tuple(row["words"]),
            row["of_mailbox"],
            row["why"],
            row["cost"],
            row["undo"],
            tuple(row.get("formats", FORMATS)),
            row.get("new", False),
        )
        for name, row in rows.items()
    }


class CarePlans:
    """Plans of one operation each. Every method raises HostError where the user or mailbox is not to be found."""

    def __init__(self, tools: Tools, config: DovecotConfig) -> None:
        self._stores = Stores(tools, config)
        self._doveadm = Doveadm(tools, config)

    def plan(self, name: str, user: str, *, mailbox: str = "", place: str = "") -> Plan:
        """Do one operation for a user or, where it is of a mailbox, for that; ``place`` is where a backup goes.

        Raises UsageError too, for what the operation cannot be done to.
        """
        operation = operations()[name]
        store = self._stores.store(user)
        if store.format not in operation.formats:
            raise UsageError(f"{name} is for {' and '.join(operation.formats)}; {clean(user)} has {store.format}")
        if operation.new:
            self._require_new(store, mailbox)
        elif operation.of_mailbox:
            mailbox = self._stores.mailbox(store, mailbox).name
        if name == "backup":
            _check_place(place, store)
        argv = command(self._doveadm, name, user, mailbox, place)
        words = {"user": clean(user), "mailbox": clean(mailbox), "place": clean(place)}
        why = operation.why.format(**words)
        step = Step(
            NAME,
            {"operation": name, "user": user, "mailbox": mailbox, "place": place},
            why,
            (argv,),
            risk=operation.cost,
            undo=operation.undo,
            reversible=False,
            targets=(Target(user, {}, clean(" ".join(filter(None, (user, mailbox))))),),
        )
        return Plan(why[0].upper() + why[1:], (step,))

    def _require_new(self, store: Store, mailbox: str) -> None:
        if mailbox.upper() == "INBOX" or any(one.name == mailbox for one in self._stores.mailboxes(store)):
            raise UsageError(f"{clean(store.user)} has a mailbox {clean(mailbox)}")


class Care:
    """Does them; see ``mailtui.changes.plan.Action``."""

    def __init__(self, tools: Tools, config: DovecotConfig) -> None:
        self._tools = tools
        self._stores = Stores(tools, config)
        self._doveadm = Doveadm(tools, config)

    def apply(self, step: Step, note: Note) -> Outcome:
        """Raises HostError with doveadm's words where it could not."""
        name, user, mailbox, place = (str(step.arguments[key]) for key in ("operation", "user", "mailbox", "place"))
        store = self._stores.store(user)
        for one in () if operations()[name].new else self._opened(store, mailbox):
            if look(one).endangered:
                why = f"{clean(one.name)} is damaged so that opening it destroys something: repair it first"
                return Outcome(skipped=(Missed(user, why),))
        if place:
            _check_place(place, store)
        note({"operation": name})
        argv = command(self._doveadm, name, user, mailbox, place)
        result = self._tools.run(argv, timeout=TIMEOUT, check=False)
        complaints = [clean(line) for line in result.error_text.splitlines() if line.strip() and ": Info:" not in line]
        if result.code != 0 or complaints:
            return Outcome(failed=(Missed(user, _told(result.code, complaints)),))
        return Outcome(done=(user,))

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """There is none. Raises UsageError."""
        raise UsageError(step.undo)

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """Nobody can tell; all of them may be done again, a backup to another place."""
        return Outcome(failed=tuple(Missed(target.name, _STOPPED) for target in step.targets))

    def _opened(self, store: Store, mailbox: str) -> Sequence[Mailbox]:
        return (self._stores.mailbox(store, mailbox),) if mailbox else self._stores.mailboxes(store)


def command(doveadm: Doveadm, name: str, user: str, mailbox: str = "", place: str = "") -> tuple[str, ...]:
    """The argv of an operation. Raises UsageError for a name that doveadm would take for a pattern."""
    operation = operations()[name]
    arguments = (literal(mailbox),) if operation.of_mailbox else (place,) if place else ()
    return doveadm.command(operation.words, user, arguments)


def _check_place(place: str, store: Store) -> None:
    """A backup makes its goal the same as its source: what was there before would be gone.

    Raises UsageError for a place that is not new or not apart from the mail.
    """
    match = _PLACE.fullmatch(place)
    if match is None or ".." in Path(match[2]).parts:
        raise UsageError(f"{clean(place)!r} is no place for a copy", unlock=f"like {store.format}:/var/backups/anna")
    path = Path(match[2])
    if os.path.lexists(path):
        raise UsageError(f"{clean(str(path))} is there already, and would be overwritten", unlock="name a new folder")
    if store.root == path or store.root in path.parents:
        raise UsageError(f"{clean(str(path))} lies in the mail itself", unlock="name a folder beside it")


def _told(code: int, complaints: Sequence[str]) -> str:
    if complaints and "Unknown command" in complaints[0]:
        return "this Dovecot does not load the plugin for that (mail_plugins)"
    if code == 2 and not complaints:
        return "not everything could be copied, since mail came meanwhile: do it again to a new place"
    return complaints[0] if complaints else f"doveadm ended with exit status {code}"
