"""Who waits for another delivery attempt, and for what: tens of thousands of messages in a small place.

Messages and recipients are told apart by their hashes, of 64 bits; what they are called, the events say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from mailtui.maillog.model import Event

MAX_WAITING = 50_000
"""Messages; of more, those that were tried longest ago are taken to wait for ever."""

Names = tuple[str, ...]
"""The incidents that one failure counts for: its own, and that of all places which fail alike."""


class Waiting:
    """Messages with the recipients that wait, and how many messages each incident holds up."""

    def __init__(self) -> None:
        self.late: Counter[str] = Counter()
        """Messages with a recipient that waits, by incident."""
        self._messages: dict[int, tuple[int, Names] | _Several] = {}

    def put(self, event: Event, to: str, names: Names) -> None:
        """A recipient waits for one cause at a time: the latest."""
        message, recipient = _message(event), hash(to)
        known = self._messages.pop(message, None)
        before = _incidents(known)
        if known is None or (isinstance(known, tuple) and known[0] == recipient):
            now: tuple[int, Names] | _Several = recipient, names
        else:
            now = known if isinstance(known, _Several) else _Several(*known)
            now.put(recipient, names)
        self._messages[message] = now
        self._count(before, _incidents(now))
        if len(self._messages) > MAX_WAITING:
            del self._messages[next(iter(self._messages))]

    def names(self, event: Event, to: str) -> Names:
        """What the recipient waits for; empty where it does not wait."""
        known = self._messages.get(_message(event))
        if isinstance(known, _Several):
            return known.of.get(hash(to), ())
        return known[1] if known and known[0] == hash(to) else ()

    def release(self, event: Event, to: str) -> None:
        """The recipient waits no more."""
        if not self.names(event, to):
            return
        known = self._messages[_message(event)]
        if isinstance(known, _Several) and len(known.of) > 1:
            before = _incidents(known)
            known.take(hash(to))
            self._count(before, _incidents(known))
        else:
            self.pop(event)

    def pop(self, event: Event) -> tuple[Names, ...]:
        """The message has left the queue: what each recipient that waited has waited for."""
        known = self._messages.pop(_message(event), None)
        self._count(_incidents(known), ())
        if isinstance(known, _Several):
            return tuple(known.of.values())
        return (known[1],) if known else ()

    def _count(self, before: Collection[str], now: Collection[str]) -> None:
        for name in now:
            if name not in before:
                self.late[name] += 1
        for name in before:
            if name not in now:
                self.late[name] -= 1
                if not self.late[name]:
                    del self.late[name]


class _Several:
    """The recipients of one message; most have one, and are kept as a pair."""

    __slots__ = ("counts", "of")

    def __init__(self, recipient: int, names: Names) -> None:
        self.of = {recipient: names}
        self.counts = Counter(names)

    def put(self, recipient: int, names: Names) -> None:
        self.take(recipient)
        self.of[recipient] = names
        self.counts.update(names)

    def take(self, recipient: int) -> None:
        for name in self.of.pop(recipient, ()):
            self.counts[name] -= 1
            if not self.counts[name]:
                del self.counts[name]


def _incidents(known: tuple[int, Names] | _Several | None) -> Names:
    if isinstance(known, _Several):
        return tuple(known.counts)
    return known[1] if known else ()


def _message(event: Event) -> int:
    """Short queue IDs are told apart by host and instance."""
    return hash((event.queue_id, event.host, event.instance))
