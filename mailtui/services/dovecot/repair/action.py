"""The action ``mailbox-repair``: one mailbox mended, proven, and put back at once where something got less.

Everything is mended before Dovecot is asked for the first time: opening a dbox with a damaged index destroys its flags.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError, MailtuiError
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.certifying import certificate
from mailtui.services.dovecot.index.checking import look
from mailtui.services.dovecot.index.damage import Look
from mailtui.services.dovecot.repair import rungs
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.services.dovecot.repair.owner import give_back
from mailtui.services.dovecot.repair.proof import Certificate, Comparison, asked_of_dovecot, compare
from mailtui.services.dovecot.repair.uidlist import without_broken_lines
from mailtui.services.dovecot.stores.model import Mailbox

NAME = "mailbox-repair"
ACCESSES = 3
"""How often Dovecot 2.3 and 2.4 may have to open a mailbox before it is healed."""
_ROOM = 4 * 2**20


class Checker(Protocol):
    """The look at a mailbox that Dovecot does not notice."""

    def look(self, mailbox: Mailbox) -> Look:
        """What is wrong now."""

    def certificate(self, mailbox: Mailbox) -> Certificate:
        """What can be read of the mailbox from the disk."""


class Offline:
    """The checker of ``mailtui.services.dovecot.index``."""

    def look(self, mailbox: Mailbox) -> Look:
        """What is wrong now."""
        return look(mailbox)

    def certificate(self, mailbox: Mailbox) -> Certificate:
        """What can be read of the mailbox from the disk."""
        return certificate(mailbox)


class Repair:
    """Mends one mailbox; see ``mailtui.changes.plan.Action``."""

    def __init__(self, doveadm: Doveadm, checker: Checker | None = None) -> None:
        self._doveadm = doveadm
        self._checker = checker or Offline()

    def apply(self, step: Step, note: Note) -> Outcome:
        """Mend and prove. Raises PermissionDenied, HostError; nothing has been touched then."""
        order = Order.read(step.arguments)
        if not self._left(order):
            return Outcome(skipped=(Missed(order.label, "the damage is not there any more"),))
        for mend in order.mends:
            _require_room(Path(mend.folder))
        self._doveadm.require(order.mailbox.store.user)
        before = self._checker.certificate(order.mailbox)
        memory: dict[str, Json] = {"inodes": self._inodes(order), "moved": []}
        moved: list[list[str]] = []
        for number, mend in enumerate(order.mends):
            note({"mend": number, "rung": mend.rung, "quarantine": mend.quarantine})
            moved.append(self._mend(order, mend))
            memory["moved"] = moved
        return self._proven(order, before, memory)

    def _proven(self, order: Order, before: Certificate, memory: dict[str, Json]) -> Outcome:
        try:
            table = compare(before, self._healed(order))
        except MailtuiError as error:
            return self._take_back(order, memory, f"Dovecot still fails: {error.message}")
        memory["proof"] = [asdict(row) for row in table]
        lost = [row for row in table if row.lost]
        if lost:
            return self._take_back(order, memory, f"less than before: {_told(lost)}")
        left = self._left(order)
        if left:
            return Outcome(failed=(Missed(order.label, f"still there: {', '.join(sorted(left))}"),), memory=memory)
        return Outcome(done=(order.label,), memory=memory)

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the files back out of quarantine, where that does no harm."""
        order = Order.read(step.arguments)
        if not any(_moved(outcome.memory)):
            return Outcome(skipped=(Missed(order.label, "nothing was moved that could be put back"),))
        if order.mailbox.store.format != "maildir" and self._inodes(order) != outcome.memory.get("inodes"):
            why = "Dovecot has begun a new log since: the old index lacks what happened in it"
            return Outcome(skipped=(Missed(order.label, why),))
        note({"restoring": list(_moved(outcome.memory))})
        self._put_back(order, outcome.memory)
        return Outcome(done=(order.label,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """What lies in quarantine was moved."""
        order = Order.read(step.arguments)
        moved = []
        for mend in order.mends:
            found = self._as_user(order, partial(rungs.in_quarantine, Path(mend.quarantine)))
            moved.append([name for name in found if name in (*mend.names, mend.log, rungs.UIDLIST)])
        memory: dict[str, Json] = {"moved": moved, "inodes": self._inodes(order)}
        return Outcome(done=(order.label,) if any(moved) else (), memory=memory)

    def _left(self, order: Order) -> frozenset[str]:
        found = self._checker.look(order.mailbox)
        if found.problem:
            raise HostError(f"{order.label}: {found.problem}")
        return frozenset(one.kind for one in found.damages) & order.kinds

    def _mend(self, order: Order, mend: Mend) -> list[str]:
        """Do it; the names of what lies in quarantine now."""
        place, why = order.place(mend), order.why(mend)
        work: Callable[[], list[dict[str, Any]]]
        match mend.rung:
            case "probe":
                return []
            case "resync":
                self._doveadm.force_resync(order.mailbox.store.user, order.mailbox.name)
                return []
            case "owner" | "mode":
                give_back(Path(mend.folder), mend.names, order.mailbox.store.uid, order.mailbox.store.gid)
                return []
            case "backup":
                work = partial(rungs.from_backup, place, why)
            case "trim":
                work = partial(rungs.trim, place, mend.trim_to, mend.expected_size, why)
            case "uidlist":
                work = partial(rungs.rewrite_uidlist, place, without_broken_lines, why)
            case _:
                work = partial(rungs.aside, place, mend.names, why)
        return [one["name"] for one in self._as_user(order, work)]

    def _healed(self, order: Order) -> Certificate:
        """What Dovecot says once it opens the mailbox without a complaint."""
        store = order.mailbox.store
        for _ in range(ACCESSES - 1):
            try:
                return asked_of_dovecot(self._doveadm, store.user, order.mailbox.name)
            except MailtuiError:
                continue
        return asked_of_dovecot(self._doveadm, store.user, order.mailbox.name)

    def _inodes(self, order: Order) -> list[int]:
        return [self._as_user(order, partial(rungs.log_inode, order.place(mend))) for mend in order.mends]

    def _take_back(self, order: Order, memory: dict[str, Json], why: str) -> Outcome:
        if any(_moved(memory)):
            self._put_back(order, memory)
            why = f"{why}; everything was put back"
        return Outcome(failed=(Missed(order.label, why),), memory={**memory, "moved": []})

    def _put_back(self, order: Order, memory: Mapping[str, Json]) -> None:
        pairs = list(zip(order.mends, _moved(memory), strict=False))
        for mend, names in reversed(pairs):
            if names:
                self._as_user(order, partial(rungs.restore, order.place(mend), names))

    def _as_user(self, order: Order, work: Callable[[], Any]) -> Any:
        return as_user(order.mailbox.store.uid, order.mailbox.store.gid, work)


def _require_room(folder: Path) -> None:
    """A repair on a full disk is how empty UID lists are made. Raises HostError."""
    facts = os.statvfs(folder)
    if facts.f_bavail * facts.f_frsize < _ROOM or (facts.f_files and not facts.f_favail):
        raise HostError(f"the disk of {folder} is full", unlock="free space or inodes first: nothing was touched")
    if facts.f_flag & os.ST_RDONLY:
        raise HostError(f"the file system of {folder} is read-only", unlock="look at dmesg first: nothing was touched")


def _moved(memory: Mapping[str, Json]) -> Iterator[list[str]]:
    """Names in quarantine, by mend."""
    moved = memory.get("moved")
    for names in moved if isinstance(moved, Sequence) and not isinstance(moved, str) else ():
        yield [str(name) for name in names] if isinstance(names, Sequence) and not isinstance(names, str) else []


def _told(lost: Sequence[Comparison]) -> str:
    return ", ".join(f"{row.what} {row.before} → {row.after}" for row in lost)
