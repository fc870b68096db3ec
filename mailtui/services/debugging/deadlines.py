"""Putting back what was changed for a time only, when its time is over; any mailtui that runs does it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from mailtui.changes.changes import Changes
from mailtui.changes.history import Change
from mailtui.changes.plan import Receipt
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.debugging.mark import ended, marked
from mailtui.services.debugging.switches import DebugPlans
from mailtui.text import clean, local


@dataclass(frozen=True, slots=True)
class Temporary:
    """What stands for a time only, and what has just been put back."""

    standing: tuple[Change, ...] = ()
    put_back: tuple[Receipt, ...] = ()


class Deadlines:
    """The temporary changes of one machine."""

    def __init__(self, changes: Changes, plans: DebugPlans, now: Callable[[], float] = time.time) -> None:
        self._changes = changes
        self._plans = plans
        self._now = now

    def standing(self) -> tuple[Change, ...]:
        """Those in force, the one that ends first before the others."""
        found = self._changes.temporary()
        over = ended(self._changes.recent()) if found else frozenset[str]()
        return tuple(change for change in found if change.id not in over)

    def honour(self) -> tuple[Receipt, ...]:
        """Put back every one whose time is over. One that was tried already is left to the operator.

        Nothing is done, and nothing raised, where nothing may be changed.
        """
        if self._changes.why_not:
            return ()
        over = [one for one in self.standing() if (one.plan.until or 0.0) <= self._now()]
        tried = {change.undoes for change in self._changes.recent()} if over else set[str]()
        over = [one for one in over if one.id not in tried]
        return tuple(receipt for one in over for receipt in self._honoured(one))

    def put_back(self, change: Change) -> tuple[Receipt, ...]:
        """Undo it; where a file was edited since, set in it again what was set before. Raises what undoing raises."""
        receipt = self._changes.undo(change.id)
        mark = marked(change)
        if (receipt.outcome == "applied" and not receipt.skipped) or mark is None:
            return (receipt,)
        return receipt, self._changes.apply(self._plans.back(change.id, *mark))

    def look(self) -> Temporary:
        """Put back what is over, and say what still stands."""
        receipts = self.honour()
        return Temporary(self.standing(), receipts)

    def findings(self) -> tuple[Finding, ...]:
        """What is on for a time, and what should have been put back and was not."""
        return tuple(self._finding(one) for one in self.standing())

    def _honoured(self, change: Change) -> tuple[Receipt, ...]:
        try:
            return self.put_back(change)
        except MailtuiError:
            return ()  # it stays among the findings, with the way to put it back by hand

    def _finding(self, change: Change) -> Finding:
        until = change.plan.until or 0.0
        over = until <= self._now()
        return Finding(
            f"change.temporary:{change.id}",
            "error" if over else "notice",
            "changes",
            change.id,
            "should have been put back and was not" if over else f"is put back at {local(until)}",
            (clean(change.plan.title),),
            "Put it back now." if over else "It is put back by whichever mailtui runs then, or now:",
            ("mailtui", "debug", "off"),
        )
