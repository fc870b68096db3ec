"""Finding every line of a few messages: those that hold what was asked for, and those that they lead to.

What was asked for is searched for once in all of the log. The queue IDs, LMTP sessions and processes that the lines
found name have lines of their own nearby: the search for these grows from there until the message's begin and end are
found. Where there are many, one pass over the log collects the lines of all of them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from mailtui.maillog.model import NOQUEUE, Event
from mailtui.maillog.parser import Parser
from mailtui.maillog.story_sessions import ARRIVAL, DELIVERY
from mailtui.services.trace.names import Name, names_of
from mailtui.services.trace.text import LogText

NEAR = 1 << 20
"""Bytes on each side of a line in which what it names is looked for first."""

GROWTH = 8
MANY = 1000
"""Messages from which on one pass over the log costs less than a search for each."""

MAX_EVENTS = 300_000
"""Lines collected for one query; an address of a whole domain's traffic is cut there."""

_SESSION_BYTES = 1 << 18
_ANY_NAME = re.compile(rb"(?:: | as |_id=)([0-9A-Za-z]{6,20})\b|(<[^<>\s]{6,64}>): ")
"""A queue ID, or Dovecot's session, wherever a line may name one."""
_LONGEST = 68
"""Bytes of the longest such name with what stands around it."""
_BEGINS = frozenset({"client", "pickup", "message-id"})
_ENDS = frozenset({"removed", "canceled"})


class Search:
    """The lines of some messages in some logs."""

    def __init__(self, texts: Sequence[LogText]) -> None:
        self._texts = texts
        self._parsers = [Parser(str(text.path), now=text.modified) for text in texts]
        self.events: list[dict[int, Event]] = [{} for _ in texts]
        """By log, by offset."""
        self._todo: deque[tuple[Name, int, int]] = deque()
        self._seen: set[str] = set()
        self._begun: set[str] = set()
        self._ended: set[str] = set()
        self._count = 0

    def run(self, words: Collection[str]) -> None:
        """Collect the lines with any of ``words`` and all that belongs to their messages."""
        self._seen.update(words)
        for word in words:
            for number, text in enumerate(self._texts):
                self._take(number, text, word, 0, text.size)
        if len(self._todo) > MANY:
            self._follow_all()
        else:
            while self._todo:
                self._follow(*self._todo.popleft())
            self._hear_processes()

    def _take(self, number: int, text: LogText, word: str, start: int, end: int) -> int:
        """Keep the lines with ``word`` between two offsets; how many there are."""
        found = set(text.lines_with(word.encode("utf-8", "surrogateescape"), start, end))
        for offset in sorted(found):
            self._keep(number, offset)
        return len(found)

    def _keep(self, number: int, offset: int) -> None:
        events = self.events[number]
        if offset in events or self._count >= MAX_EVENTS:
            return
        self._count += 1
        event = self._parse(number, offset)
        events[offset] = event
        if event.event in _BEGINS:
            self._begun.add(event.queue_id)
        elif event.event in _ENDS:
            self._ended.add(event.queue_id)
        for name in names_of(event):
            if name.text not in self._seen:
                self._seen.add(name.text)
                self._todo.append((name, number, offset))

    def _parse(self, number: int, offset: int) -> Event:
        return self._parsers[number].parse(self._texts[number].line(offset), offset)

    # one by one

    def _follow(self, name: Name, number: int, offset: int) -> None:
        """Collect the lines of what a line at ``offset`` names."""
        text, low, high = self._texts[number], offset - NEAR, offset + NEAR
        found = self._take(number, text, name.text, low, high)
        if not name.is_queue_id:
            if not found:
                self._look_elsewhere(name, number)
            return
        if found < 2 and not name.is_ours:
            return
        margin = len(name.text)
        while name.text not in self._begun and low > 0:
            low, before = low - (high - low) * GROWTH, low
            self._take(number, text, name.text, low, before + margin)
        while name.text not in self._ended and high < text.size:
            high, before = high + (high - low) * GROWTH, high
            self._take(number, text, name.text, before - margin, high)
        if name.text not in self._begun or name.text not in self._ended:
            self._look_elsewhere(name, number)

    def _look_elsewhere(self, name: Name, number: int) -> None:
        """The other logs: the rotated one before, or Dovecot's own."""
        for other, text in enumerate(self._texts):
            if other != number:
                self._take(other, text, name.text, 0, text.size)

    # all at once

    def _follow_all(self) -> None:
        while self._todo and self._count < MAX_EVENTS:
            wanted = {name.text.encode("utf-8", "surrogateescape") for name, _, _ in self._todo}
            self._todo.clear()
            for number, text in enumerate(self._texts):
                for offset in text.lines_named(_ANY_NAME, _LONGEST, wanted):
                    self._keep(number, offset)

    # processes

    def _hear_processes(self) -> None:
        """What smtpd and the delivery agents said without a queue ID, around the lines found."""
        for number, text in enumerate(self._texts):
            for event in list(self.events[number].values()):
                if event.event == "client" and event.daemon in ARRIVAL:
                    self._hear(number, text, event, event.offset + _SESSION_BYTES)
                elif event.event == "delivery" and event.daemon in DELIVERY:
                    self._hear(number, text, event, event.offset)

    def _hear(self, number: int, text: LogText, event: Event, end: int) -> None:
        head = f"{event.program}[{event.pid}]: ".encode("utf-8", "surrogateescape")
        places = list(dict.fromkeys(text.lines_with(head, event.offset - _SESSION_BYTES, end)))
        before = (self._parse(number, place) for place in reversed(places) if place < event.offset)
        after = (self._parse(number, place) for place in places if place > event.offset)
        for other in chain(_unnamed(before, "connect"), _unnamed(after, "disconnect")):
            self.events[number].setdefault(other.offset, other)


def _unnamed(said: Iterable[Event], last: str) -> Iterator[Event]:
    """Lines without a queue ID up to the one that begins or ends the session; another message's end it, too."""
    for event in said:
        if event.queue_id not in ("", NOQUEUE) and event.event != "client":
            return
        if event.queue_id in ("", NOQUEUE):
            yield event
        if event.event == last:
            return
