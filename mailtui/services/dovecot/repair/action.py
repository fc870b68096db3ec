"""The action ``mailbox-repair``: one mailbox mended, proven, and put back at once where something got less.

Everything is mended before Dovecot is asked for the first time: opening a dbox with a damaged index destroys its flags.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from mailtui.changes.backups import Backups
from mailtui.changes.plan import Json, Missed, Note, Outcome, Step
from mailtui.host.errors import HostError, MailtuiError
from mailtui.services.dovecot.doveadm import Doveadm
from mailtui.services.dovecot.index.certifying import certificate
from mailtui.services.dovecot.index.checking import check
from mailtui.services.dovecot.repair.mending import Mending
from mailtui.services.dovecot.repair.order import Mend, Order
from mailtui.services.dovecot.repair.preconditions import require
from mailtui.services.dovecot.repair.proof import Certificate, Comparison, asked_of_dovecot, compare
from mailtui.services.dovecot.repair.recovering import recovered
from mailtui.services.dovecot.stores.subscriptions import subscriptions

NAME = "mailbox-repair"
ACCESSES = 3
"""How often Dovecot 2.3 and 2.4 may have to open a mailbox before it is healed."""
AGAIN_AFTER = 0.5
"""Seconds between two looks after the repair; what is in a plan was seen twice already."""
TakeBack = Callable[[dict[str, Json], str], Outcome]


class Repair:
    """Mends one mailbox; see ``mailtui.changes.plan.Action``."""

    def __init__(self, doveadm: Doveadm, backups: Backups) -> None:
        self._doveadm = doveadm
        self._mending = Mending()
        self._backups = backups

    def apply(self, step: Step, note: Note) -> Outcome:
        """Mend and prove. Raises PermissionDenied, HostError; nothing has been touched then."""
        order = Order.read(step.arguments)
        for mend in order.mends:
            require(order.mailbox.store, Path(mend.folder))
        if not _left(order):
            return Outcome(skipped=(Missed(order.label, "the damage is not there any more"),))
        doveadm = self._doveadm.reaching(order.mailbox.store)
        before = _certificate(order)
        memory: dict[str, Json] = {"before": self._kept(before)}
        take_back = partial(self._take_back, order, note)
        mended: list[Mapping[str, Json]] = []
        for number, mend in enumerate(order.mends):
            rights = self._mending.rights(order, mend)
            began: dict[str, Json] = {"mend": number, "rung": mend.rung, "quarantine": mend.quarantine}
            note({**began, "before": memory["before"], "rights": dict(rights)})
            try:
                mended.append(self._mending.do(order, mend, doveadm))
            except MailtuiError as error:
                mended.append(self._mending.found(order, mend, rights))
                return take_back({**memory, "mended": mended}, error.message)
        memory["mended"] = mended
        return self._proven(order, doveadm, before, memory, take_back)

    def _proven(
        self, order: Order, doveadm: Doveadm, before: Certificate, memory: dict[str, Json], take_back: TakeBack
    ) -> Outcome:
        try:
            after = _with_subscriptions(order, _healed(order, doveadm))
        except MailtuiError as error:
            return take_back(memory, f"Dovecot still fails: {error.message}")
        table = compare(before, after)
        memory |= {"after": self._kept(after), "proof": [asdict(row) for row in table]}
        lost = [row for row in table if row.lost]
        if lost:
            return take_back(memory, f"less than before: {_told(lost)}")
        left = _left(order, again_after=AGAIN_AFTER)
        if left:
            return take_back(memory, f"still there: {', '.join(sorted(left))}")
        memory["as_left"] = [self._mending.fingerprints(order, mend) for mend in order.mends]
        return Outcome(done=(order.label,), memory=memory)

    def undo(self, step: Step, outcome: Outcome, note: Note) -> Outcome:
        """Put the files back out of quarantine, where that does no harm."""
        order = Order.read(step.arguments)
        if not self._is_as_left(order, outcome.memory):
            return Outcome(skipped=(Missed(order.label, _why_not(outcome.memory)),))
        note({"restoring": order.label})
        if not self._put_back(order, outcome.memory):
            return Outcome(skipped=(Missed(order.label, "nothing was moved that could be put back"),))
        return Outcome(done=(order.label,))

    def recover(self, step: Step, notes: Sequence[Mapping[str, Json]]) -> Outcome:
        """What was begun may have been done; what lies in quarantine can be put back."""
        order = Order.read(step.arguments)
        taken = next((note for note in notes if "taken_back" in note), None)
        if taken is not None and self._is_as_left(order, taken):
            return self._taken_back(order, dict(taken), str(taken["taken_back"]))
        return recovered(self._mending, order, notes)

    def _is_as_left(self, order: Order, memory: Mapping[str, Any]) -> bool:
        """Whether nobody has written to it since; what is not known does not count."""
        known = zip(order.mends, memory.get("as_left") or (), strict=False)
        return all(self._mending.is_as_left(order, mend, left, _inodes(order, memory, mend)) for mend, left in known)

    def _take_back(self, order: Order, note: Note, memory: dict[str, Json], why: str) -> Outcome:
        """Stop and undo; noted first, lest it be cut off halfway."""
        as_left = [self._mending.fingerprints(order, mend) for mend in order.mends]
        with contextlib.suppress(MailtuiError):  # who wants to stop it wants this all the more
            note({**memory, "taken_back": why, "as_left": as_left})
        return self._taken_back(order, memory, why)

    def _taken_back(self, order: Order, memory: dict[str, Json], why: str) -> Outcome:
        if self._put_back(order, memory):
            why = f"{why}; everything was put back"
        return Outcome(failed=(Missed(order.label, why),), memory=memory)

    def _put_back(self, order: Order, memory: Mapping[str, Any]) -> bool:
        pairs = list(zip(order.mends, memory.get("mended", ()), strict=False))
        back = [
            self._mending.put_back(order, mend, done, _inodes(order, memory, mend)) for mend, done in reversed(pairs)
        ]
        return any(back)

    def _kept(self, proof: Certificate) -> str:
        """A certificate, kept with the journal: its SHA-256."""
        flags = {uid: sorted(names) for uid, names in proof.flags.items()}
        plain = asdict(proof) | {"flags": flags, "subscriptions": sorted(proof.subscriptions)}
        return self._backups.keep(json.dumps(plain, separators=(",", ":")).encode())


def _why_not(memory: Mapping[str, Any]) -> str:
    """Of a repair that was cut off nobody knows what Dovecot has written since."""
    if None in (memory.get("as_left") or ()):
        return "it was cut off, and Dovecot may have written to it since: putting the old files back could lose that"
    return "Dovecot has written to it since: putting the old files back would lose that"


def _inodes(order: Order, memory: Mapping[str, Any], mend: Mend) -> dict[str, int]:
    """Of the files that were moved in a mend's folder: the first mend that moved a file knows what it was before."""
    found: dict[str, int] = {}
    for one, done in zip(order.mends, memory.get("mended", ()), strict=False):
        if one.folder == mend.folder:
            found = {**done.get("inodes", {}), **found}
    return found


def _healed(order: Order, doveadm: Doveadm) -> Certificate:
    """What Dovecot says once it opens the mailbox without a complaint."""
    user, mailbox = order.mailbox.store.user, order.mailbox.name
    for _ in range(ACCESSES - 1):
        with contextlib.suppress(MailtuiError):
            return asked_of_dovecot(doveadm, user, mailbox)
    return asked_of_dovecot(doveadm, user, mailbox)


def _left(order: Order, *, again_after: float = 0.0) -> frozenset[str]:
    """The kinds of damage that are still to be mended. Raises HostError where nobody can look."""
    found = check(order.mailbox, again_after=again_after)
    if found.problem:
        raise HostError(f"{order.label}: {found.problem}")
    return frozenset(one.kind for one in found.damages) & order.kinds


def _certificate(order: Order) -> Certificate:
    try:
        return _with_subscriptions(order, certificate(order.mailbox))
    except (OSError, ValueError) as error:
        raise HostError(f"{order.label}: {error}", unlock="nothing was touched") from error


def _with_subscriptions(order: Order, proof: Certificate) -> Certificate:
    try:
        return replace(proof, subscriptions=subscriptions(order.mailbox.store))
    except (OSError, ValueError) as error:
        raise HostError(f"subscriptions of {order.label}: {error}") from error


def _told(lost: Sequence[Comparison]) -> str:
    return ", ".join(f"{row.what} {row.before} → {row.after}" for row in lost)
