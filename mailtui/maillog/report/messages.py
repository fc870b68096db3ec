"""Queue files by queue ID: what must be known of a message across its lines to count it once.

A part of the log may begin in the middle of a message's life. Such a message has no arrival here; it is kept
among the ``heads`` and joined with the message of the same ID that was ``open`` at the end of the part before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailtui.maillog.report.nearby import is_local_client, is_near_client
from mailtui.maillog.report.stamps import TO_HOUR, hour_of
from mailtui.maillog.report.sums import Sent
from mailtui.maillog.report.tally import Arrival, HandOff, Tally


class Message:
    """One queue file. Class attributes are the defaults, so that making one costs nothing but what is seen."""

    arrived: str = ""
    """Stamp of the line that took it in, ``""`` for notifications, forwards and what came before the log."""
    client: str = ""
    origin: str = ""
    """``orig_queue_id``, when the client is a content filter that knows it."""
    message_id: str = ""
    sender: str | None = None
    """``None`` until qmgr named it."""
    size: int = 0
    left: int = 0
    """Recipients that have no final outcome: qmgr's ``nrcpt`` less those finished since."""
    simple: bool = False
    """From a far client, and nothing happened to it but delivery: most messages."""
    taken: bool = False
    """In the queue, on hold, or swallowed on purpose: the client was told yes."""
    refused: bool = False
    requeued: bool = False
    authenticated: bool = False
    deferred: bool = False
    expired: str = ""
    """Hour in which it was given up."""
    waits_for: tuple[str, str] = ("", "")
    """Relay and reason of the last deferral."""
    hand_offs: list[tuple[str, str, float, str]] | None = None
    """Recipients given to something near: to, hour, delay, queue ID over there."""
    unsized: list[str] | None = None
    """Recipients delivered before the size was seen."""

    def defer(self, relay: str, reason: str) -> None:
        """A recipient has to wait."""
        self.deferred = True
        self.waits_for = (relay, reason)
        self.simple = False

    def give_up(self, hour: str) -> None:
        """Qmgr gave up on the recipients that are left."""
        self.expired = hour
        self.simple = False

    def lacks_size(self, to: str) -> None:
        """A recipient was delivered and the size is not known yet."""
        if self.unsized is None:
            self.unsized = []
        self.unsized.append(to)
        self.simple = False

    def hand_off(self, to: str, hour: str, delay: float, queued_as: str) -> None:
        """A recipient was given to something near."""
        if self.hand_offs is None:
            self.hand_offs = []
        self.hand_offs.append((to, hour, delay, queued_as))
        self.simple = False


@dataclass(slots=True)
class Unfinished:
    """What a part leaves to its neighbours: messages by scope and queue ID, sessions by process."""

    heads: dict[tuple[str, str], Message] = field(default_factory=dict)
    tails: dict[tuple[str, str], Message] = field(default_factory=dict)
    sessions_begun: dict[str, str] = field(default_factory=dict)
    sessions_ended: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Client and stamp of the first session, where its beginning was not seen."""


class Book:
    """The messages of one queue: one host and instance (``scope``)."""

    def __init__(self, scope: str, tally: Tally, *, first_part: bool) -> None:
        self.scope = scope
        self.tally = tally
        self.open: dict[str, Message] = {}
        self.heads: dict[str, Message] = {}
        self._first_part = first_part
        self._far_clients: dict[str, bool] = {}
        self._received, self._senders = tally.outcomes["received"], tally.senders

    def arrive(self, queue_id: str, stamp: str, client: str) -> Message:
        """A message is being taken in; what had this ID before is over."""
        if queue_id in self.open:
            self.close(queue_id, self.open.pop(queue_id))
        far = self._far_clients.get(client)
        if far is None:
            far = self._far_clients[client] = not is_near_client(client)
        message = self.open[queue_id] = Message()
        message.arrived = stamp
        message.client = client
        message.simple = far
        return message

    def get(self, queue_id: str) -> Message:
        """The message with this ID; one first seen now came from inside, or before this part."""
        message = self.open.get(queue_id)
        if message is None:
            message = self.open[queue_id] = Message()
        return message

    def close(self, queue_id: str, message: Message) -> None:
        """A queue file is gone, and its message no longer open: count it, or keep it for the part before."""
        if message.simple and message.sender and not message.refused:
            self._received[message.arrived[TO_HOUR]] += 1
            sent = self._senders.get(message.sender)
            if sent is None:
                sent = self._senders[message.sender] = Sent()
            sent.messages += 1
            sent.size += message.size
        elif message.arrived or self._first_part or queue_id in self.heads:
            settle(self.tally, self.scope, queue_id, message)
        else:
            self.heads[queue_id] = message

    def leave(self, unfinished: Unfinished) -> None:
        """Hand what only neighbours can finish to ``unfinished``."""
        for queue_id, message in self.open.items():
            if message.arrived or self._first_part or queue_id in self.heads:
                unfinished.tails[self.scope, queue_id] = message
            else:
                # first seen without its arrival and still open: both a head and a tail
                unfinished.heads[self.scope, queue_id] = message
                unfinished.tails[self.scope, queue_id] = message
        for queue_id, message in self.heads.items():
            unfinished.heads[self.scope, queue_id] = message


def join(earlier: Message, later: Message) -> Message:
    """One message of its two halves."""
    whole = Message()
    vars(whole).update(vars(earlier))
    vars(whole).update(vars(later))
    if earlier.arrived:
        whole.arrived, whole.client = earlier.arrived, earlier.client
        whole.origin, whole.authenticated = earlier.origin, earlier.authenticated
    if later.sender is None:
        whole.left = earlier.left + later.left
    whole.hand_offs = [*(earlier.hand_offs or ()), *(later.hand_offs or ())]
    whole.unsized = [*(earlier.unsized or ()), *(later.unsized or ())]
    return whole


def settle(tally: Tally, scope: str, queue_id: str, message: Message) -> None:
    """Count a message whose queue file is gone, or of which the log tells no more."""
    if message.deferred:
        tally.deferred += 1
    if message.expired:
        given_up = max(message.left, 1)
        tally.outcomes["expired"][message.expired] += given_up
        tally.details["expired_reasons"][message.waits_for] += given_up
    if message.unsized:
        _add_sizes(tally, queue_id, message)
    if message.hand_offs:
        _hand_off(tally, scope, queue_id, message)
    if message.arrived and not message.refused and not message.requeued:
        if message.taken and (message.authenticated or not _may_be_given_back(message)):
            tally.receive(hour_of(message.arrived), message.sender, message.client, message.size)
        else:
            _ask_later(tally, scope, queue_id, message)


def _may_be_given_back(message: Message) -> bool:
    return message.origin != "" or is_near_client(message.client)


def _hand_off(tally: Tally, scope: str, queue_id: str, message: Message) -> None:
    for to, hour, delay, queued_as in message.hand_offs or ():
        tally.hand_offs.append(
            HandOff(scope, queue_id, queued_as, message.message_id, message.sender, to, hour, delay, message.size)
        )


def _add_sizes(tally: Tally, queue_id: str, message: Message) -> None:
    for to in message.unsized or ():
        if message.size:
            tally.recipients[to].size += message.size
        else:
            tally.no_size[queue_id] = to


def _ask_later(tally: Tally, scope: str, queue_id: str, message: Message) -> None:
    arrival = Arrival(
        scope, queue_id, message.origin, message.message_id, message.sender, message.arrived, message.client,
        message.size, is_local_client(message.client),
    )  # fmt: skip
    (tally.arrivals if message.taken else tally.unsettled).append(arrival)
