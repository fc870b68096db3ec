"""The action ``mailbox-repair``: one rung of the ladder, proven, and put back at once where something got less."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.as_user import as_user
from mailtui.host.errors import HostError, MailtuiError
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.repair import rungs
from mailtui.services.dovecot.repair.order import Order
from mailtui.services.dovecot.repair.owner import give_back
from mailtui.services.dovecot.repair.proof import Certificate, Comparison, asked_of_dovecot, compare
from mailtui.services.dovecot.repair.uidlist import without_broken_lines

NAME = "mailbox-repair"
ACCESSES = 3
"""How often Dovecot 2.3 and 2.4 may have to open a mailbox before it is healed."""
_ROOM = 4 * 2**20


class Checker(Protocol):
    """The look at a mailbox that Dovecot does not notice."""

    def damage(self, order: Order) -> frozenset[str]:
        """The kinds of damage there are now."""

    def certificate(self, order: Order) -> Certificate:
        """What can be read of the mailbox from the disk."""


class Repair:
    """Mends by one rung; see ``mailtui.changes.plan.Action``."""

    def __init__(self, doveadm: Doveadm, checker: Checker) -> None:
        self._doveadm = doveadm
        self._checker = checker

    def apply(self, step: Step, note: Note) -> Outcome:
        """Mend and prove."""
        order = Order.read(step.arguments)
        if not self._checker.damage(order) & set(order.kinds):
            return Outcome(skipped=(Missed(order.label, "the damage is not there any more"),))
        _require_room(Path(order.folder))
        before = self._checker.certificate(order)
        inode = self._as_user(order, partial(rungs.log_inode, order.place))
        note({"rung": order.rung, "quarantine": order.quarantine})
        moved = self._mend(order)
        note({"moved": [one["name"] for one in moved]})
        memory: dict[str, Json] = {"moved": [one["name"] for one in moved], "log_inode": inode}
        try:
            table = compare(before, self._healed(order))
        except MailtuiError as error:
            return self._take_back(order, memory, f"Dovecot still fails: {error.message}")
        memory["proof"] = [asdict(row) for row in table]
        lost = [row for row in table if row.lost]
        if lost and moved:
            return self._take_back(order, memory, f"less than before: {_told(lost)}")
        left = self._checker.damage(order) & set(order.kinds)
        if left:
            return Outcome(failed=(Missed(order.label, f"still there: {', '.join(sorted(left))}"),), memory=memory)
        return Outcome(done=(order.label,), memory=memory)

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the files back out of quarantine, where that does no harm."""
        order = Order.read(step.arguments)
        names = _names(outcome.memory)
        if not names:
            return Outcome(skipped=(Missed(order.label, "nothing was moved that could be put back"),))
        now = self._as_user(order, partial(rungs.log_inode, order.place))
        if order.format != "maildir" and now != outcome.memory.get("log_inode"):
            return Outcome(
                skipped=(Missed(order.label, "Dovecot has begun a new log since: the old index lost its tail"),)
            )
        note({"restoring": names})
        self._as_user(order, partial(rungs.restore, order.place, names))
        return Outcome(done=(order.label,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """What lies in quarantine was moved."""
        order = Order.read(step.arguments)
        found: list[str] = self._as_user(order, partial(rungs.in_quarantine, order.place.quarantine))
        moved = [name for name in found if name in (*order.names, order.log, rungs.UIDLIST)]
        inode = self._as_user(order, partial(rungs.log_inode, order.place))
        return Outcome(done=(order.label,) if moved else (), memory={"moved": moved, "log_inode": inode})

    def _mend(self, order: Order) -> list[dict[str, Any]]:
        match order.rung:
            case "probe":
                return []
            case "resync":
                self._doveadm.force_resync(order.user, order.mailbox)
                return []
            case "owner" | "mode":
                give_back(Path(order.folder), order.names, order.uid, order.gid)
                return []
            case "backup":
                work = partial(rungs.from_backup, order.place, order.why)
            case "trim":
                work = partial(rungs.trim, order.place, order.trim_to, order.expected_size, order.why)
            case "uidlist":
                work = partial(rungs.rewrite_uidlist, order.place, without_broken_lines, order.why)
            case _:
                work = partial(rungs.aside, order.place, order.names, order.why)
        return list(self._as_user(order, work))

    def _healed(self, order: Order) -> Certificate:
        """What Dovecot says once it opens the mailbox without a complaint."""
        for _ in range(ACCESSES - 1):
            try:
                return asked_of_dovecot(self._doveadm, order.user, order.mailbox)
            except MailtuiError:
                continue
        return asked_of_dovecot(self._doveadm, order.user, order.mailbox)

    def _take_back(self, order: Order, memory: dict[str, Json], why: str) -> Outcome:
        names = _names(memory)
        if names:
            self._as_user(order, partial(rungs.restore, order.place, names))
            why = f"{why}; everything was put back"
        return Outcome(failed=(Missed(order.label, why),), memory={**memory, "moved": []})

    def _as_user(self, order: Order, work: Any) -> Any:
        return as_user(order.uid, order.gid, work)


def _require_room(folder: Path) -> None:
    """A repair on a full disk is how empty UID lists are made. Raises HostError."""
    facts = os.statvfs(folder)
    if facts.f_bavail * facts.f_frsize < _ROOM or (facts.f_files and not facts.f_favail):
        raise HostError(f"the disk of {folder} is full", unlock="free space or inodes first: nothing was touched")
    if facts.f_flag & os.ST_RDONLY:
        raise HostError(f"the file system of {folder} is read-only", unlock="look at dmesg first: nothing was touched")


def _names(memory: Mapping[str, Json]) -> list[str]:
    moved = memory.get("moved")
    return [str(name) for name in moved] if isinstance(moved, Sequence) and not isinstance(moved, str) else []


def _told(lost: Sequence[Comparison]) -> str:
    return ", ".join(f"{row.what} {row.before} → {row.after}" for row in lost)
