"""The part of the App that changes the machine: always by a plan, which the operator sees before anything is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from textual import work
from textual.reactive import var

from mailtui.changes.history import Change
from mailtui.changes.plan import Plan, Receipt
from mailtui.host.errors import MailtuiError
from mailtui.screens.background import in_thread
from mailtui.screens.changes import SHOWN, ChangesScreen
from mailtui.screens.checking import CheckingApp
from mailtui.screens.dialogs import PlanDialog, Proposal
from mailtui.screens.leafing import on_top
from mailtui.screens.polling import Poller
from mailtui.screens.ports import ChangesPort

T = TypeVar("T")
SECONDS = 3.0


class ActingApp(CheckingApp):
    """Shows plans, carries them out and undoes them; knows what was changed, read anew while that is shown."""

    history: var[tuple[Change, ...] | None] = var(None)
    """The newest changes, at most ``SHOWN``, as of the last look."""
    history_error: var[str] = var("")
    """Why the last look at the journal failed."""
    _history_is_old = True

    def changes_poller(self) -> Poller[Sequence[Change]]:
        """What keeps the history up to date."""
        self._changes_poller = Poller(
            partial(self.changes.latest, SHOWN),
            self._show_history,
            self._miss_history,
            seconds=SECONDS,
            name="changes",
            wanted=self._history_is_wanted,
        )
        return self._changes_poller

    @property
    def changes(self) -> ChangesPort:
        """What is changed, and was."""
        raise NotImplementedError

    async def carry_out(self, make: Callable[[], Plan]) -> Receipt | None:
        """Make a plan, show it and do it if the operator agrees; None if nothing was done."""
        plan = await self._asked(make)
        if plan is None:
            return None
        return await self._propose(Proposal.of(plan, self.changes, partial(self.services.mending.afterwards, plan)))

    async def undo_change(self, change: Change) -> Receipt | None:
        """Show what undoing ``change`` would do or, where it was interrupted, ending it; do it on a yes."""
        if change.interrupted:
            return await self._propose(
                Proposal(
                    change.plan,
                    lambda progress, _stop: self.changes.recover(change.id, progress=progress),
                    lead=change.recovery,
                )
            )
        plan = await self._asked(partial(self.changes.undo_plan, change.id))
        if plan is None:
            return None
        return await self._propose(
            Proposal(plan, lambda progress, stop: self.changes.undo(change.id, progress=progress, stop=stop))
        )

    @work(group="dialog", exclusive=True)
    async def action_undo_last(self) -> None:
        """Undo what was changed last."""
        found = await self._asked(partial(self.changes.latest, SHOWN))
        if found is None:
            return
        last = next((change for change in found if change.interrupted or not change.undoable), None)
        if last is None:
            self.notify("There is nothing to undo.", markup=False)
        else:
            await self.undo_change(last)

    async def _propose(self, proposal: Proposal) -> Receipt | None:
        if self.changes.why_not:
            self.warn(f"{self.changes.why_not[:1].upper()}{self.changes.why_not[1:]}: nothing is changed.")
            return None
        receipt = await self.push_screen_wait(PlanDialog(proposal, self.changes))
        if receipt is not None:
            self.outdate_report()
        self._history_is_old = True
        self._changes_poller.hurry()
        return receipt

    def _history_is_wanted(self) -> bool:
        return self._history_is_old or isinstance(on_top(self), ChangesScreen)

    def _show_history(self, changes: Sequence[Change]) -> None:
        self._history_is_old = False
        self.history_error, self.history = "", tuple(changes)

    def _miss_history(self, error: MailtuiError) -> None:
        self._history_is_old = False
        self.history_error = error.told

    async def _asked(self, ask: Callable[[], T]) -> T | None:
        """The answer of a service, or a warning of what kept it."""
        try:
            return await in_thread(ask, "plan")
        except MailtuiError as error:
            self.warn(error.told)
            return None
