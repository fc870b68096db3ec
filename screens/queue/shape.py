"""The shape of the queue: how many messages of what age have a domain, a sender, a reason or a user in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from mailtui.filters import parse
from mailtui.screens.background import in_thread
from mailtui.screens.base import Copyable
from mailtui.screens.commands import Command, bindings
from mailtui.screens.dialogs import Choice, ChooseDialog
from mailtui.screens.listing import ListScreen
from mailtui.screens.messages import Open
from mailtui.screens.queue.arranged import Wanted
from mailtui.screens.queue.commands import SHAPE
from mailtui.screens.queue.shape_cells import GROUPINGS, TITLES, filter_of
from mailtui.screens.queue.shape_table import ShapeTable
from mailtui.screens.queue.watching import QueueView
from mailtui.screens.targets import OpenQueue, OpenShape
from mailtui.screens.widgets import FilterBar
from mailtui.screens.words import MUTED, counted
from mailtui.services.postfix.queue.fields import need_log
from mailtui.services.postfix.queue.model import QueueListing
from mailtui.services.postfix.queue.shape import Shape, shape


class ShapeScreen(ListScreen, QueueView):
    """Counts of what the list showed; ``enter`` on one filters the list to it."""

    CSS_PATH = "../../styles/queue.tcss"
    AUTO_FOCUS = "ShapeTable"
    HELP = (
        "Each column counts the messages up to the age above it that the column before does not count.\n"
        "A message to several domains counts for each; the first row counts it once.\n"
        "The arrow keys go to a number, enter shows its messages, s groups by something else."
    )
    ACTIONS: ClassVar[tuple[Command, ...]] = SHAPE
    BINDINGS: ClassVar[list[BindingType]] = bindings(SHAPE)

    def __init__(self, target: OpenShape) -> None:
        super().__init__()
        self._wanted = Wanted(target.tab, parse(target.where))
        self._by = GROUPINGS[0][0]
        self._listing: QueueListing | None = None
        self._shape: Shape | None = None

    @property
    def crumb(self) -> str:
        """The name of the view."""
        return "Shape"

    @property
    def asks_log(self) -> bool:
        """Whether users or clients are told apart."""
        return self._wanted.asks_log or need_log((dict(GROUPINGS)[self._by],))

    def compose_view(self) -> Iterable[Widget]:
        """What is counted, and the numbers."""
        yield FilterBar()
        yield Static(id="summary")
        yield ShapeTable(self._by)

    def show_state(self) -> None:
        """Count a new listing."""
        if self.console.queue is not self._listing:
            self._listing = self.console.queue
            self._count()

    @work(group="arrange", exclusive=True)
    async def _count(self) -> None:
        listing = self._listing
        if listing is None:
            return
        self._shape = await in_thread(partial(_counted, listing, self._wanted, self._by), "shape")
        self.query_one(ShapeTable).show(self._shape, listing.read_at)
        self._tell()

    @on(ShapeTable.Moved)
    def _tell(self) -> None:
        """Say what the number under the cursor counts."""
        if self._shape is None:
            return
        row, column = self.query_one(ShapeTable).cell
        group = "all" if row is None else self._shape.rows[row].name
        age = f", {_age(int(column))}" if column.isdecimal() else ""
        parts = [(f"by {self._by.replace('_', ' ')}: {group}{age}", "bold"), ("  enter shows them", MUTED)]
        kept = " ".join(filter(None, (self._wanted.tab.replace("all", ""), str(self._wanted.where))))
        where = (f"   of {kept}" if kept else "", MUTED)
        total = (counted(self._shape.total.total, "message") + "   ", MUTED)
        self.query_one("#summary", Static).update(Content.assemble(total, *parts, where), layout=False)

    @on(ShapeTable.Opened)
    def open_number(self) -> None:
        """The list, only what the number counts."""
        if self._shape is None:
            return
        row, column = self.query_one(ShapeTable).cell
        name = None if row is None else self._shape.rows[row].name
        where = self._wanted.where & parse(filter_of(self._by, name, column))
        self.post_message(Open(OpenQueue(str(where), self._wanted.tab)))

    def action_turn(self, by: int) -> None:
        """The next or previous grouping."""
        names = [name for name, _ in GROUPINGS]
        self._group(names[(names.index(self._by) + by) % len(names)])

    @work(group="dialog", exclusive=True)
    async def action_by(self) -> None:
        """Choose a grouping."""
        choices = [Choice(f"by {name.replace('_', ' ')}") for name, _ in GROUPINGS]
        index = await self.app.push_screen_wait(ChooseDialog("Shape of the queue", choices))
        if index is not None:
            self._group(GROUPINGS[index][0])

    def _group(self, by: str) -> None:
        self._by = by
        self.query_one(ShapeTable).action_first()
        self._count()
        if self.asks_log and not self.console.queue_thorough:
            self.look()

    def copyables(self) -> Sequence[Copyable]:
        """The group under the cursor."""
        row, _ = self.query_one(ShapeTable).cell
        name = self._shape.rows[row].name if self._shape and row is not None else ""
        return (Copyable(self._by.replace("_", " "), name), Copyable("table", self.saveable()[1]))

    def saveable(self) -> tuple[str, str]:
        """The numbers, a group a line."""
        return f"queue-by-{self._by}", self.line_table.text


def _counted(listing: QueueListing, wanted: Wanted, by: str) -> Shape:
    return shape(wanted(listing), by, listing.read_at)


def _age(column: int) -> str:
    if column == 0:
        return f"younger than {TITLES[0]}"
    if column == len(TITLES) - 1:
        return f"older than {TITLES[column - 1]}"
    return f"{TITLES[column - 1]} to {TITLES[column]}"
