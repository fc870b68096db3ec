"""What was changed here: by whom, how it ended, and its undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.history import Change
from mailtui.changes.telling import plan_lines, receipt_lines
from mailtui.screens.base import Copyable
from mailtui.screens.change_table import ChangeTable
from mailtui.screens.commands import CHANGES, Command, bindings
from mailtui.screens.listing import ListScreen
from mailtui.screens.plan_text import told
from mailtui.screens.widgets import FilterBar
from mailtui.screens.words import MUTED, counted
from mailtui.text import clean, local

SHOWN = 100
"""The newest changes; ``mailtui changes`` lists all."""


class ChangesScreen(ListScreen):
    """The list, interrupted changes first, and under it the one under the cursor."""

    CSS_PATH = "../styles/changes.tcss"
    AUTO_FOCUS = "ChangeTable"
    HELP = (
        "Everything mailtui changed on this machine, the newest first; what was interrupted stands on top.\n"
        "u shows what undoing a change would do, and asks; one that was interrupted it ends, by what it finds was done."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = CHANGES
    BINDINGS: ClassVar[list[BindingType]] = bindings(CHANGES)

    def __init__(self) -> None:
        super().__init__()
        self._told: tuple[Sequence[Change] | None, str] | None = None

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Changes"

    def compose_view(self) -> Iterable[Widget]:
        """How many, the list, and one of them."""
        yield FilterBar()
        yield Static(id="changes-summary")
        yield ChangeTable()
        with VerticalScroll(id="change"):
            yield Static(id="change-text")

    def on_mount(self) -> None:
        """Follow the cursor, too."""
        self.hear("history_error")
        self.watch(self.query_one(ChangeTable), "cursor", self._show_current, init=False)

    def show_state(self) -> None:
        """Bring the list up to date where the journal says something new; the cursor stays on its change."""
        told = (self.console.history, self.console.history_error)
        if told == self._told:
            return
        self._told = told
        table = self.query_one(ChangeTable)
        self.query_one("#changes-summary", Static).update(self._summary())
        if self.console.history is not None:
            table.show(self._changes())
        elif self.console.history_error:
            table.say_when_empty("The journal cannot be read: r tries again.")
        self._show_current()
        self.refresh_bindings()

    def _changes(self) -> list[Change]:
        return sorted(self.console.history or (), key=lambda change: not change.interrupted)

    @property
    def _current(self) -> Change | None:
        key = self.query_one(ChangeTable).cursor_key
        return next((change for change in self.console.history or () if change.id == key), None)

    def _show_current(self) -> None:
        change = self._current
        self.query_one("#change-text", Static).update(_detail(change) if change else Content.empty())
        self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Only what stands can be undone."""
        if action != "undo":
            return ""
        change = self._current
        if change is None:
            return "There is no change here."
        reason = "" if change.interrupted else change.undoable
        return f"It cannot be undone: {clean(reason)}." if reason else ""

    @work(group="dialog", exclusive=True)
    async def action_undo(self) -> None:
        """Undo the change under the cursor, or end it."""
        change = self._current
        if change is not None:
            await self.console.undo_change(change)

    @on(ChangeTable.Opened)
    def read_on(self) -> None:
        """Go to the text, to scroll it."""
        self.query_one("#change").focus()

    def copyables(self) -> Sequence[Copyable]:
        """Its name, how to undo it, its commands."""
        change = self._current
        if change is None:
            return ()
        text = "\n".join(line.text for line in plan_lines(change.plan))
        return (
            Copyable("name", change.id),
            Copyable("undo command", f"mailtui undo {change.id}"),
            Copyable("plan", text),
        )

    def _summary(self) -> Content:
        if self.console.history_error:
            return Content.styled(clean(self.console.history_error), "$text-error")
        if self.console.history is None:
            return Content.styled("… reading the journal", MUTED)
        interrupted = sum(change.interrupted for change in self.console.history)
        number = len(self.console.history)
        known = Content.styled(f"the last {number}" if number >= SHOWN else counted(number, "change"), MUTED)
        if not interrupted:
            return known
        warning = f"{counted(interrupted, 'change')} interrupted: u finds out what was done and ends it   "
        return Content.assemble((warning, "bold $text-error"), known)


def _detail(change: Change) -> Content:
    """Who and when, what became of it, and the plan."""
    undone = {True: "undoes", False: "does again what was undone by"}[change.is_undo]
    of = f", {undone} {clean(change.undoes)}" if change.undoes else ""
    where = f"{clean(change.id)}, by {clean(change.who)} on {clean(change.host)}, {local(change.time)}{of}"
    parts = [Content.styled(clean(change.plan.title), "bold"), Content.styled(where, MUTED)]
    if change.ended is not None:
        parts.append(told(receipt_lines(change.receipt())))
    else:
        parts.append(Content.styled(f"{change.state}: its process was {change.pid}", "bold $text-warning"))
    return Content("\n").join([*parts, Content.empty(), told(plan_lines(change.plan))])
