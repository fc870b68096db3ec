"""The list of the queue: only the rows in sight are ever made, so that 50,000 cost no more than fifty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from mailtui.screens.queue.arranged import Arranged
from mailtui.screens.queue.cells import COLUMNS, cells
from mailtui.screens.widgets import LineTable
from mailtui.services.postfix.queue.model import QueueEntry


class QueueTable(LineTable):
    """One row a message."""

    BINDING_GROUP_TITLE = "Queue list"

    def __init__(self) -> None:
        super().__init__(COLUMNS, empty="… reading the queue")
        self._arranged = Arranged()
        self._seen: dict[int, Sequence[Content]] = {}
        self._touched = False
        self._chosen: tuple[QueueEntry, ...] | None = None

    @property
    def frozen(self) -> bool:
        """Whether rows must keep their places: the operator has moved since they were put in order, or marked."""
        return bool(self._arranged.rows) and (self._touched or self.has_marks)

    def let_go(self) -> None:
        """Rows may move until the operator does."""
        self._touched = False

    def action_first(self) -> None:
        """The first row, and whatever comes to stand there."""
        super().action_first()
        self.let_go()

    def _hold_at(self, index: int) -> None:
        self._touched = True
        super()._hold_at(index)

    @property
    def arranged(self) -> Arranged:
        """What is shown."""
        return self._arranged

    @property
    def entries(self) -> Mapping[str, QueueEntry]:
        """The messages shown, by key."""
        return self._arranged.entries

    @property
    def shown(self) -> tuple[QueueEntry, ...]:
        """The messages in the order of their rows."""
        return tuple([self.entries[row.key] for row in self._rows])

    @property
    def chosen(self) -> tuple[QueueEntry, ...]:
        """The marked messages, else the one under the cursor; none that has left the queue."""
        if self._chosen is None:
            gone, entries = self._arranged.gone, self.entries
            self._chosen = tuple([entries[key] for key in self.chosen_keys if key in entries and key not in gone])
        return self._chosen

    @property
    def current(self) -> QueueEntry | None:
        """The message under the cursor."""
        return self.entries.get(self.cursor_key or "")

    def show(self, arranged: Arranged) -> None:
        """Show this; repaint what has changed of what is in sight."""
        before, self._seen = self._seen, {}
        self._arranged = arranged
        self._strips.clear()
        self.update_rows(arranged.rows)
        self._chosen = None
        there = [i for i in self.in_sight if i in before and i < len(arranged.rows)]
        changed = [i for i in there if not all(map(Content.is_same, before[i], self.cells(i)))]
        if changed:
            self.lines_changed(*changed)

    def watch_cursor(self, old: int, new: int) -> None:
        """What the keys act upon is another message, which may be in another queue."""
        super().watch_cursor(old, new)
        if not self.has_marks:
            self._chosen = None
            self.screen.refresh_bindings()

    def _marked(self, *indices: int) -> None:
        """Other rows are chosen from now on, before the next key is heard."""
        self._chosen = None
        super()._marked(*indices)

    def lines_changed(self, *indices: int) -> None:
        """Repaint these lines; without any, everything."""
        if not indices:
            self._seen.clear()
        super().lines_changed(*indices)

    def cells(self, index: int) -> Sequence[Content]:
        """What is told of a message."""
        key = self._rows[index].key
        entry = self.entries.get(key)
        if entry is None:
            return [Content.empty()] * len(self._columns)
        arranged = self._arranged
        row = self._seen[index] = cells(entry, arranged.read_at, gone=key in arranged.gone)
        return row
