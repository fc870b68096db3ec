"""What a grammar is made of: rows of (first words, event, pattern or function), chosen by the first word of a text.

A text is never searched for keywords: strangers decide what stands in a HELO name, a subject or a remote reply. Its
first word selects the few rows that may fit, and these must match from its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain

Fields = dict[str, str]
Typed = tuple[str, Fields]
"""An event's name and its fields."""

Reader = Callable[[str], Typed | None]
"""Types a text, or declines."""

Row = tuple[str, str, str | re.Pattern[str] | Reader]
"""First words (separated by blanks; ``*`` for any); event; a pattern with the fields as named groups.

Where an event cannot be told by a pattern, a function does; it may give any of several events, all named in the row.
"""

_FIRST_WORD = re.compile(r"[^ =:,;]*")

CLIENT = r"(?P<client>(?P<host>[^\[\s]*)\[(?P<ip>[^\]\s]*)\](?::(?P<port>\d+))?)"
"""``name[address]``, with its port where smtpd_client_port_logging is on."""


def groups(found: re.Match[str]) -> Fields:
    """The groups that took part in a match."""
    fields = found.groupdict()
    return {name: text for name, text in fields.items() if text is not None} if None in fields.values() else fields


def _reader(event: str, pattern: str | re.Pattern[str]) -> Reader:
    match: Callable[[str], re.Match[str] | None] | None = None

    def read(text: str) -> Typed | None:
        nonlocal match
        if match is None:  # most texts never come: compiling all of them would cost more than most commands do
            match = (re.compile(pattern, re.DOTALL) if isinstance(pattern, str) else pattern).match
        found = match(text)
        return None if found is None else (event, groups(found))

    return read


class Grammar:
    """The texts of one program."""

    def __init__(self, *tables: Iterable[Row]) -> None:
        self._any: tuple[Reader, ...] = ()
        self._by_word: dict[str, tuple[Reader, ...]] = {}
        for words, event, pattern in chain(*tables):
            read = pattern if callable(pattern) else _reader(event, pattern)
            for word in words.split():
                if word == "*":
                    self._any += (read,)
                else:
                    self._by_word[word] = (*self._by_word.get(word, ()), read)

    def read(self, text: str) -> Typed | None:
        """The first row that fits; those for any first word come last."""
        word = _FIRST_WORD.match(text)
        for read in self._by_word.get(word[0], ()) if word else ():
            typed = read(text)
            if typed is not None:
                return typed
        for read in self._any:
            typed = read(text)
            if typed is not None:
                return typed
        return None
