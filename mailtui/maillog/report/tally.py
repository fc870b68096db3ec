"""What one part of a log added up to: plain counters that merge by addition.

Keys are kept as the log has them (raw addresses, clients, stamps); domains, dates and percentiles are made of
them once, in ``summary``. Everything here pickles, since parts are read by several processes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import starmap
from operator import attrgetter
from typing import Any, NamedTuple

from mailtui.maillog.report.sums import Connections, Sent, Sums, Usage

Counts = defaultdict[str, int]
Details = defaultdict[tuple[str, ...], int]

OUTCOMES = (
    "received",
    "delivered",
    "forwarded",
    "deferrals",
    "bounced",
    "expired",
    "rejected",
    "reject_warnings",
    "held",
    "discarded",
)  # fmt: skip
"""What is counted by hour; the totals are their sums."""

DETAILS = (
    "deferral_reasons",
    "bounce_reasons",
    "expired_reasons",
    "reject_reasons",
    "reject_codes",
    "reject_warning_reasons",
    "hold_reasons",
    "discard_reasons",
    "connect_failures",
    "warnings",
    "errors",
    "fatals",
    "panics",
    "master",
    "notifications",
    "tls",
    "relay_tls",
    "lost_connections",
    "sasl_failures",
    "dovecot",
)  # fmt: skip
"""Counters with several words to a key: service, host, reason …"""


class Arrival(NamedTuple):
    """A message taken in from somewhere near: perhaps a content filter gives it back."""

    scope: str
    queue_id: str
    origin: str
    """``orig_queue_id``, which a filter hands through with XFORWARD."""
    message_id: str
    sender: str | None
    stamp: str
    client: str
    size: int
    local: bool
    """From loopback or sendmail(1), not from a network."""


class HandOff(NamedTuple):
    """A recipient given to something near: perhaps a content filter, perhaps its final place."""

    scope: str
    queue_id: str
    queued_as: str
    message_id: str
    sender: str | None
    to: str
    hour: str
    delay: float
    size: int


_SUMS: dict[str, type[Sums]] = {
    "senders": Sent,
    "null_sender_clients": Sent,
    "recipients": Usage,
    "clients": Connections,
    "smtpd_hours": Connections,
}
"""Fields of the tally with a sum for each key."""

_LISTS: dict[str, type[Arrival | HandOff]] = {"arrivals": Arrival, "hand_offs": HandOff, "unsettled": Arrival}


def _outcomes() -> dict[str, Counts]:
    return {name: defaultdict(int) for name in OUTCOMES}


def _details() -> dict[str, Details]:
    return {name: defaultdict(int) for name in DETAILS}


@dataclass
class Tally:
    """Everything counted in one part of a log."""

    first: float | None = None
    last: float | None = None
    """When the first and the last line were logged."""
    last_stamp: str = ""
    """The last line's, as arrivals keep theirs."""
    lines: int = 0
    unparsed: int = 0
    outcomes: dict[str, Counts] = field(default_factory=_outcomes)
    details: dict[str, Details] = field(default_factory=_details)
    deferred: int = 0
    senders: dict[str, Sent] = field(default_factory=dict)
    null_sender_clients: dict[str, Sent] = field(default_factory=dict)
    recipients: dict[str, Usage] = field(default_factory=dict)
    clients: dict[str, Connections] = field(default_factory=dict)
    smtpd_hours: dict[str, Connections] = field(default_factory=dict)
    postscreen: Counts = field(default_factory=lambda: defaultdict(int))
    postscreen_clients: set[str] = field(default_factory=set)
    sasl_users: Counts = field(default_factory=lambda: defaultdict(int))
    events: Counts = field(default_factory=lambda: defaultdict(int))
    """Small counts by name: notifications, restarts, what postsuper did …"""
    delays: list[str] = field(default_factory=list)
    """``delays=a/b/c/d`` as logged, until ``count_delays``."""
    delay_counts: tuple[Counter[str], ...] = field(default_factory=lambda: tuple(Counter() for _ in range(4)))
    """How often each of the four delays had each value: before qmgr, in it, connection set-up, transmission."""
    peaks: dict[tuple[str, str], int] = field(default_factory=dict)
    """anvil's highest rates: what, client."""
    no_size: dict[str, str] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    hand_offs: list[HandOff] = field(default_factory=list)
    unsettled: list[Arrival] = field(default_factory=list)
    """Arrivals of which nothing more was seen."""

    def receive(self, hour: str, sender: str | None, client: str, size: int) -> None:
        """Count a message taken in; without a sender seen, only that it was."""
        self.outcomes["received"][hour] += 1
        if sender is None:
            return
        sent = self.senders.get(sender)
        if sent is None:
            sent = self.senders[sender] = Sent()
        sent.messages += 1
        sent.size += size
        if not sender:
            self.null_sender_clients.setdefault(client, Sent()).add(Sent(1, size))

    def deliver(self, hour: str, to: str, size: int, delay: float) -> None:
        """Count a recipient finally delivered."""
        self.outcomes["delivered"][hour] += 1
        self.recipients.setdefault(to, Usage()).add(Usage(1, size, 0, delay, delay))

    def count_delays(self) -> None:
        """Turn the delays collected into counts; few of them differ, as two digits of each are logged."""
        for delays, count in Counter(self.delays).items():
            values = delays.split("/")
            if len(values) == len(self.delay_counts):
                for counts, value in zip(self.delay_counts, values, strict=True):
                    counts[value] += count
        self.delays.clear()

    def __getstate__(self) -> dict[str, Any]:
        """With plain tuples for the many small objects: they pickle several times as fast."""
        state = vars(self).copy()
        for name, kind in _SUMS.items():
            state[name] = [*state[name]], [*map(attrgetter(*kind.__slots__), state[name].values())]
        for name in _LISTS:
            state[name] = [*map(tuple, state[name])]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, kind in _SUMS.items():
            keys, values = state[name]
            state[name] = dict(zip(keys, starmap(kind, values), strict=True))
        for name, row in _LISTS.items():
            state[name] = [*map(row._make, state[name])]
        vars(self).update(state)

    def merge(self, other: Tally) -> None:
        """Add a later part."""
        self.first = other.first if self.first is None else self.first
        self.last = self.last if other.last is None else other.last
        self.last_stamp = other.last_stamp or self.last_stamp
        self.lines += other.lines
        self.unparsed += other.unparsed
        self.deferred += other.deferred
        for mine, theirs in self._counter_pairs(other):
            for key, count in theirs.items():
                mine[key] += count
        for name in _SUMS:
            mine = getattr(self, name)
            for key, value in getattr(other, name).items():
                if key in mine:
                    mine[key].add(value)
                else:
                    mine[key] = value
        for key, peak in other.peaks.items():
            self.peaks[key] = max(self.peaks.get(key, 0), peak)
        for mine, theirs in zip(self.delay_counts, other.delay_counts, strict=True):
            mine.update(theirs)
        self.postscreen_clients |= other.postscreen_clients
        self.no_size.update(other.no_size)
        self.arrivals += other.arrivals
        self.hand_offs += other.hand_offs
        self.unsettled += other.unsettled

    def _counter_pairs(self, other: Tally) -> list[tuple[Any, Any]]:
        names = ("postscreen", "sasl_users", "events")
        return [
            *((self.outcomes[name], other.outcomes[name]) for name in OUTCOMES),
            *((self.details[name], other.details[name]) for name in DETAILS),
            *((getattr(self, name), getattr(other, name)) for name in names),
        ]
