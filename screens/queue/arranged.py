"""What the list of the queue shows, worked out away from the user interface's thread.

Rows never move under the operator's hand: once he has moved the cursor or marked a row, those that are shown keep
their places, what has left the queue stays where it was, and new ones are counted until he asks for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailtui.filters import EVERYTHING, Filter
from mailtui.host.collector import collector_resting
from mailtui.screens.widgets import TableRow
from mailtui.services.postfix.queue.fields import need_log
from mailtui.services.postfix.queue.model import QUEUES, QueueEntry, QueueListing
from mailtui.services.postfix.queue.select import ordered, select

ALL = "all"
TABS = (ALL, *QUEUES)
"""The states an operator looks at, each a queue of Postfix's."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator wants to see of the queue."""

    tab: str = ALL
    where: Filter = EVERYTHING
    by: str = "-age"
    """A field of the queue's, with ``-`` in front from the greatest to the least."""

    def matching(self, listing: QueueListing) -> Sequence[QueueEntry]:
        """The entries to show, in any order."""
        entries: Sequence[QueueEntry] = listing.entries
        if self.tab != ALL:
            entries = [entry for entry in entries if entry.queue_name == self.tab]
        return select(entries, self.where) if self.where else entries

    def __call__(self, listing: QueueListing) -> tuple[QueueEntry, ...]:
        """The entries to show, in order."""
        return ordered(self.matching(listing), self.by)

    @property
    def asks_log(self) -> bool:
        """Whether it needs what only the log knows."""
        return need_log((*self.where.fields(), self.column))

    @property
    def column(self) -> str:
        """The field it is ordered by."""
        return self.by.removeprefix("-")

    @property
    def reverse(self) -> bool:
        """Whether the greatest comes first."""
        return self.by.startswith("-")

    def reversed(self) -> Wanted:
        """The other way round."""
        return self.ordered_by(self.column)

    def ordered_by(self, column: str) -> Wanted:
        """In the order of ``column``; the other way round when it is that already."""
        descending = column in DESCENDING if column != self.column else not self.reverse
        return replace(self, by=f"-{column}" if descending else column)

    def turned(self, by: int) -> Wanted:
        """With the next or previous tab."""
        return replace(self, tab=TABS[(TABS.index(self.tab) + by) % len(TABS)])


DESCENDING = frozenset({"age", "message_size", "attempts", "nrcpt"})
"""Fields of which the greatest are asked for first."""


class Indexed:
    """A listing with a row for every message, made once however often it is filtered and ordered."""

    def __init__(self, listing: QueueListing, before: Indexed | None = None) -> None:
        """A message that was there ``before`` keeps its row."""
        self.source = listing
        by_id = {entry.queue_id: entry for entry in listing.entries}  # one that moved meanwhile came twice
        self.listing = replace(listing, entries=tuple(by_id.values()))
        known = before._rows if before else {}
        self._rows: dict[str, TableRow] = {name: _row(entry, known.get(name)) for name, entry in by_id.items()}
        self.entries = {self._rows[name].key: entry for name, entry in by_id.items()}
        states = Counter(entry.queue_name for entry in self.listing.entries)
        self.counts = {**dict.fromkeys(QUEUES, 0), **states, ALL: len(self.entries)}

    def rows(self, entries: Iterable[QueueEntry]) -> tuple[TableRow, ...]:
        """The rows of entries of this listing."""
        return tuple([self._rows[entry.queue_id] for entry in entries])


@dataclass(frozen=True, slots=True)
class Arranged:
    """The list as it is to be shown."""

    rows: tuple[TableRow, ...] = ()
    """A key each; what their cells say is painted from ``entries`` when it comes into sight."""
    entries: Mapping[str, QueueEntry] = field(default_factory=dict)
    """At least those of the rows, by key."""
    gone: frozenset[str] = frozenset()
    """Keys of what has left the queue since it was listed here."""
    new: int = 0
    """Matching messages that are not shown yet."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Messages by state, before any filter."""
    read_at: float = 0.0


def key_of(entry: QueueEntry) -> str:
    """Names a message across listings; short queue IDs alone are used again."""
    return f"{entry.queue_id} {entry.arrival_time}"


def _row(entry: QueueEntry, known: TableRow | None) -> TableRow:
    key = key_of(entry)
    return known if known is not None and known.key == key else TableRow(key, ())


def arranged(indexed: Indexed, wanted: Wanted, kept: Arranged | None = None) -> Arranged:
    """The listing as ``wanted``; with ``kept``, its rows stay as they stand."""
    listing = indexed.listing
    if kept is None:
        rows = indexed.rows(wanted(listing))
        return Arranged(rows, indexed.entries, counts=indexed.counts, read_at=listing.read_at)
    shown = {row.key for row in kept.rows}
    gone = frozenset(shown - indexed.entries.keys())
    entries = {**indexed.entries, **{key: kept.entries[key] for key in gone}}
    new = sum(row.key not in shown for row in indexed.rows(wanted.matching(listing)))
    return Arranged(kept.rows, entries, gone, new, indexed.counts, listing.read_at)


def arranged_anew(
    indexed: Indexed | None, listing: QueueListing, wanted: Wanted, kept: Arranged | None
) -> tuple[Indexed, Arranged]:
    """The same for a listing that may be another than the one that was indexed last."""
    with collector_resting():
        if indexed is None or indexed.source is not listing:
            indexed = Indexed(listing, indexed)
        return indexed, arranged(indexed, wanted, kept)
