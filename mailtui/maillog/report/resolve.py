"""What could not be decided line by line: content filters, the seams between parts, the end of the log.

A message that a filter gave back is the same message: its second arrival is not received again, and handing it
to the filter was no delivery. The two are told by the queue ID in the filter's reply, by ``orig_queue_id``, or by
Message-ID and sender.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from mailtui.maillog.report.messages import Message, Unfinished, join, settle
from mailtui.maillog.report.stamps import hour_of, moment, seconds_between
from mailtui.maillog.report.tally import Arrival, HandOff, Tally

_IN_TRANSIT = timedelta(minutes=10)
"""A message of which nothing more is seen in this time never came."""


def join_parts(tally: Tally, parts: Sequence[Unfinished]) -> None:
    """Settle what reaches over the end of a part, and what is still open at the end of the log."""
    still_open: dict[tuple[str, str], Message] = {}
    sessions: dict[str, str] = {}
    for part in parts:
        _join_messages(tally, still_open, part)
        _join_sessions(tally, sessions, part)
    for key, message in still_open.items():
        settle(tally, *key, message)


def _join_messages(tally: Tally, still_open: dict[tuple[str, str], Message], part: Unfinished) -> None:
    for key, head in part.heads.items():
        earlier = still_open.pop(key, None)
        whole = join(earlier, head) if earlier is not None else head
        if part.tails.get(key) is head:
            part.tails[key] = whole
        else:
            settle(tally, *key, whole)
    for key, tail in part.tails.items():
        if key in still_open:
            settle(tally, *key, still_open.pop(key))
        still_open[key] = tail


def _join_sessions(tally: Tally, begun: dict[str, str], part: Unfinished) -> None:
    for process, (client, end) in part.sessions_ended.items():
        if start := begun.pop(process, ""):
            seconds = seconds_between(start, end)
            tally.clients[client].lasted(seconds)
            tally.smtpd_hours[hour_of(end)].lasted(seconds)
    begun.update(part.sessions_begun)


def resolve(tally: Tally, newest: date) -> None:
    """Decide every arrival and hand-off that was left open."""
    _settle_unsettled(tally, newest)
    links = _Links(tally.arrivals, tally.hand_offs)
    for arrival in tally.arrivals:
        if not links.is_given_back(arrival):
            tally.receive(hour_of(arrival.stamp), arrival.sender, arrival.client, arrival.size)
    for given in tally.hand_offs:
        if not links.came_back(given):
            tally.deliver(given.hour, given.to, given.size, given.delay)


def _settle_unsettled(tally: Tally, newest: date) -> None:
    """Messages that stopped after their arrival: on their way when the log ended, or given up by the client."""
    end = moment(tally.last_stamp, newest) if tally.last_stamp else None
    for arrival in tally.unsettled:
        time = moment(arrival.stamp, newest)
        if end and time and end - time < _IN_TRANSIT:
            tally.receive(hour_of(arrival.stamp), None, arrival.client, 0)


_Signs = defaultdict[str, set[str]]
"""By queue ID, what tells one message from another with that ID a week later: its Message-ID, or the hour."""

_Messages = defaultdict[tuple[str, str | None], set[str]]
"""Queue IDs by Message-ID and sender."""


class _Links:
    """Which arrivals belong to which hand-offs."""

    def __init__(self, arrivals: Sequence[Arrival], hand_offs: Sequence[HandOff]) -> None:
        self._queued_as: _Signs = defaultdict(set)
        self._handed_off: _Signs = defaultdict(set)
        for given in hand_offs:
            self._queued_as[given.queued_as].update((given.message_id, given.hour))
            self._handed_off[given.queue_id].update((given.message_id, given.hour))
        self._arrived: _Signs = defaultdict(set)
        self._origins: _Signs = defaultdict(set)
        for arrival in arrivals:
            signs = arrival.message_id, hour_of(arrival.stamp)
            self._arrived[arrival.queue_id].update(signs)
            if self._is_origin_known(arrival):
                self._origins[arrival.origin].update(signs)
        self._came: _Messages = defaultdict(set)
        for arrival in arrivals:
            if arrival.message_id and not self._is_named(arrival):
                self._came[arrival.message_id, arrival.sender].add(arrival.queue_id)
        self._went: _Messages = defaultdict(set)
        for given in hand_offs:
            if given.message_id and not self._names_its_arrival(given):
                self._went[given.message_id, given.sender].add(given.queue_id)

    def is_given_back(self, arrival: Arrival) -> bool:
        """Did a filter give this message back?"""
        return self._is_named(arrival) or _is_other(self._went, arrival)

    def came_back(self, given: HandOff) -> bool:
        """Did what was handed off here arrive again?"""
        return self._names_its_arrival(given) or _is_other(self._came, given)

    def _is_named(self, arrival: Arrival) -> bool:
        signs = arrival.message_id, hour_of(arrival.stamp)
        return _agree(self._queued_as, arrival.queue_id, signs) or self._is_origin_known(arrival)

    def _is_origin_known(self, arrival: Arrival) -> bool:
        if not arrival.origin:
            return False
        signs = arrival.message_id, hour_of(arrival.stamp)
        return arrival.local or _agree(self._handed_off, arrival.origin, signs)

    def _names_its_arrival(self, given: HandOff) -> bool:
        signs = given.message_id, given.hour
        came = given.queued_as != "" and _agree(self._arrived, given.queued_as, signs)
        return came or _agree(self._origins, given.queue_id, signs)


def _is_other(known: _Messages, message: Arrival | HandOff) -> bool:
    """Has this message another queue ID, too?"""
    queue_ids = known.get((message.message_id, message.sender))
    return queue_ids is not None and queue_ids != {message.queue_id}


def _agree(known: _Signs, queue_id: str, signs: tuple[str, str]) -> bool:
    return queue_id in known and not known[queue_id].isdisjoint(signs)
