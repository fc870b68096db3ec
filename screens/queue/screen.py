"""The queue: filter it to exactly what is meant, mark, act, undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from mailtui.changes.plan import Receipt
from mailtui.filters import Filter, FilterError, parse
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.listing import UNREAD, ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.queue.acting import ActingScreen
from mailtui.screens.queue.arranged import Indexed, Wanted, arranged_anew
from mailtui.screens.queue.carried import copyables, table_text
from mailtui.screens.queue.cells import COLUMNS
from mailtui.screens.queue.commands import QUEUE
from mailtui.screens.queue.table import QueueTable
from mailtui.screens.queue.told import corrupt, nothing, summary, tabs
from mailtui.screens.targets import OpenQueue, OpenQueued, OpenShape
from mailtui.screens.widgets import FilterBar
from mailtui.services.postfix.queue.fields import FIELDS, checked_filter
from mailtui.services.postfix.queue.model import QueueEntry, QueueListing


class QueueScreen(ListScreen, ActingScreen):
    """The list of what waits to be delivered."""

    CSS_PATH = "../../styles/queue.tcss"
    AUTO_FOCUS = "QueueTable"
    HELP = (
        "▲ deferred  = hold  → active  ← incoming  · maildrop  – has left the queue\n"
        "Every message that Postfix still holds. [ and ] go through its queues; / filters by any column, such as\n"
        "sender:*@shop.example  age>2h  reason~quota  queue_name:hold  sasl_username:anna  recipient_domain:x.example\n"
        "space marks, v a range, * all that the filter lets through; actions take the marked, else your row.\n"
        "Once you move, rows keep their places: what is new or gone is told above, r puts the list in order."
    )
    FIELDS = " ".join(FIELDS)
    ACTIONS: ClassVar[tuple[Command, ...]] = QUEUE
    BINDINGS: ClassVar[list[BindingType]] = bindings(QUEUE)

    def __init__(self, target: OpenQueue | None = None) -> None:
        super().__init__()
        target = target or OpenQueue()
        self._wanted = Wanted(target.tab, parse(target.where))
        self._listing: QueueListing | None = None
        self._indexed: Indexed | None = None
        self._renew = True

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Queue"

    def compose_view(self) -> Iterable[Widget]:
        """States, filter, what is shown of how many, the list."""
        yield Static(id="tabs")
        yield FilterBar(self._wanted.where)
        yield Static(id="summary")
        yield QueueTable()

    @property
    def table(self) -> QueueTable:
        """The list."""
        return self.query_one(QueueTable)

    @property
    def asks_log(self) -> bool:
        """Whether users, clients or attempts are filtered or ordered by."""
        return self._wanted.asks_log

    @property
    def chosen(self) -> Sequence[QueueEntry]:
        """The marked messages, else the one under the cursor."""
        return self.table.chosen

    @property
    def current(self) -> QueueEntry | None:
        """The message under the cursor."""
        return self.table.current

    def show_state(self) -> None:
        """Take in a new listing; the cursor stays on its message."""
        listing = self.console.queue
        if listing is not self._listing:
            self._listing = listing
            self._arrange()
        elif listing is None or self.console.queue_error:
            self._tell()

    @work(group="arrange", exclusive=True)
    async def _arrange(self) -> None:
        """Filter and order in a thread; 50,000 messages take longer than a key may."""
        listing, table = self._listing, self.table
        if listing is None:
            return
        kept = table.arranged if table.frozen and not self._renew else None
        indexed, found = await in_thread(partial(arranged_anew, self._indexed, listing, self._wanted, kept), "arrange")
        self._indexed = indexed
        table.show(found)
        self._renew = False
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        """Say what is shown above the list, or why there is none."""
        table, error, pulse = self.table, self.console.queue_error, self.console.pulse
        counts = {**table.arranged.counts, **corrupt(pulse.queue.counts if pulse else ())}
        problems = self._listing.problems if self._listing else ()
        self.query_one("#tabs", Static).update(tabs(counts, self._wanted.tab), layout=False)
        if self._listing is not None or error:
            self.query_one("#summary", Static).update(summary(table.arranged, self._wanted, problems, error))
            table.say_when_empty(UNREAD if self._listing is None else nothing(table.arranged, self._wanted))
        table.say_order(self._wanted.column, reverse=not self._wanted.reverse)

    def _show(self, wanted: Wanted) -> None:
        """Another view of the same listing, which the operator has asked for."""
        self._wanted = wanted
        self._renew = True
        self.table.let_go()
        self._tell()
        self._arrange()
        if self.asks_log and not self.console.queue_thorough:
            self.look()

    def acted(self, receipt: Receipt) -> None:
        """What was acted upon is no longer marked; the list is read anew."""
        if receipt.done:
            self.table.action_unmark()
        self.action_renew()

    def why_not(self, action: str) -> str:
        """Rows that are marked are not moved."""
        if action in ("sort", "reverse") and self.table.has_marks:
            return "While rows are marked they keep their places; U unmarks them."
        return super().why_not(action)

    # what is shown

    def narrow(self, where: Filter) -> None:
        """Keep what matches; what it asks for must be known of the queue."""
        try:
            checked_filter(where)
        except FilterError as error:
            self.notify(error.message, severity="warning", markup=False)
            self.call_after_refresh(self.action_filter)
            return
        self._show(replace(self._wanted, where=where))

    def action_state(self, by: int) -> None:
        """The next or previous of Postfix's queues."""
        self._show(self._wanted.turned(by))

    @work(group="dialog", exclusive=True)
    async def action_sort(self) -> None:
        """Choose a column."""
        names = list(dict.fromkeys((*(column.name for column in COLUMNS if column.name in FIELDS), *FIELDS)))
        choices = [Choice(f"by {name.replace('_', ' ')}") for name in names]
        index = await self.app.push_screen_wait(ChooseDialog("Sort the queue", choices))
        if index is not None:
            self._show(self._wanted.ordered_by(names[index]))

    def action_reverse(self) -> None:
        """The other way round."""
        self._show(self._wanted.reversed())

    @on(QueueTable.HeaderClicked)
    def order_by(self, event: QueueTable.HeaderClicked) -> None:
        """Put the rows in the order of a column."""
        if event.column in FIELDS and not self.why_not("sort"):
            self._show(self._wanted.ordered_by(event.column))

    @on(QueueTable.MarksChanged)
    def marks_changed(self) -> None:
        """Other keys make sense now."""
        self.refresh_bindings()

    def action_renew(self) -> None:
        """Read the queue again; put the list in order."""
        self._renew = True
        self.table.let_go()
        self._arrange()
        self.look()

    # where a row leads

    @on(QueueTable.Opened)
    def open_message(self) -> None:
        """Show one message."""
        if self.current is not None:
            self.post_message(Open(OpenQueued(self.current)))

    def action_shape(self) -> None:
        """How many, by age and what they have in common; of what is shown."""
        self.post_message(Open(OpenShape(str(self._wanted.where), self._wanted.tab)))

    def copyables(self) -> Sequence[Copyable]:
        """What the chosen messages are called."""
        return copyables(self.chosen, str(self._wanted.where))

    def saveable(self) -> tuple[str, str]:
        """The marked rows, or all that are shown."""
        return "queue", table_text(self.table.chosen if self.table.has_marks else self.table.shown)
