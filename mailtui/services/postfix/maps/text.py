"""The source text of a table, as postmap(1) and postalias(1) read it, kept byte for byte where it is not edited.

A logical line begins with non-blank text; a line that begins with a blank continues it; empty lines and lines whose
first non-blank character is ``#`` are none (postmap(1), "INPUT FILE FORMAT"; aliases(5)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

Format = Literal["postmap", "aliases", "regexp", "cidr"]

_KEY = {
    "postmap": re.compile(rb'((?:"(?:[^"\\]|\\.)*"|[^\s"])+)[ \t\r\f\v]*(.*)', re.DOTALL),
    "cidr": re.compile(rb"(!?[^\s]+)[ \t\r\f\v]*(.*)", re.DOTALL),
    "aliases": re.compile(rb'("(?:[^"\\]|\\.)*"|[^\s:"][^:]*?)[ \t]*:[ \t]*(.*)', re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One logical line."""

    key: bytes
    value: bytes
    """Right-hand side, continuation lines joined as Postfix joins them, without blanks at its ends."""
    first: int
    """Number of its first line, from 0."""
    after: int
    """Number of the line after its last."""
    readable: bool = True
    """Whether it has the form of this table; where not, ``key`` is the whole text."""


@dataclass(frozen=True)
class Source:
    """A table's text; a changed one is another ``Source``."""

    lines: tuple[bytes, ...]
    """With their line ends."""
    format: Format = "postmap"

    @classmethod
    def read(cls, data: bytes, form: Format = "postmap") -> Source:
        """The text of a file."""
        # Split at newlines only: to Postfix a lone carriage return is a part of the line.
        *whole, last = data.split(b"\n")
        return cls((*(line + b"\n" for line in whole), *((last,) if last else ())), form)

    @property
    def data(self) -> bytes:
        """What is to stand in the file."""
        return b"".join(self.lines)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Its logical lines in order."""
        return tuple(self.each())

    def each(self) -> Iterator[Entry]:
        """The same one by one, without reading on."""
        return (self._entry(first, after) for first, after in self._spans())

    @cached_property
    def count(self) -> int:
        """How many entries there are; much sooner known than the entries."""
        return sum(map(_begins, self.lines)) + (self._unbegun is not None)

    @cached_property
    def _unbegun(self) -> int | None:
        """The first line that is no comment, where it begins with a blank: it belongs to no entry before it."""
        first = next((number for number, line in enumerate(self.lines) if not _is_comment(line)), None)
        return None if first is None or _begins(self.lines[first]) else first

    def containing(self, needles: Sequence[bytes]) -> Iterator[Entry]:
        """The entries that may contain all of these ASCII words in lower case, and not many others."""
        needle = max(needles, key=len)
        hits = [number for number, line in enumerate(self.lines) if needle in line.lower()]
        done = -1
        for number in sorted({*hits, *self._continuing}):
            first = self._beginning(number) if number >= done else None
            if first is not None:
                done = self._end(first)
                yield self._entry(first, done)

    @cached_property
    def _continuing(self) -> tuple[int, ...]:
        """Lines that may go on with an entry: with them a word may stand on two lines."""
        return tuple(number for number, line in enumerate(self.lines) if line[:1] in (b" ", b"\t"))

    def find(self, key: bytes) -> tuple[Entry, ...]:
        """The entries of a key; compiled tables and aliases fold case."""
        wanted = key.lower()
        return tuple(entry for entry in self.entries if self.asked_as(entry) == wanted)

    def asked_as(self, entry: Entry) -> bytes:
        """The key by which it is found: in lower case, and in aliases(5) without its quotes."""
        key = entry.key.lower()
        if self.format == "aliases" and key[:1] == b'"' == key[-1:] and len(key) > 1:
            return re.sub(rb"\\(.)", rb"\1", key[1:-1])
        return key

    def with_value(self, key: bytes, value: bytes) -> Source:
        """The key set to a value: in place of its last entry, or at the end. Raises ValueError for either's form."""
        line = self._line(key, value)
        found = self.find(key)
        if found:
            return self._replaced(found[-1].first, found[-1].after, [line])
        unended = self.lines and not self.lines[-1].endswith(b"\n")
        lines = (*self.lines[:-1], self.lines[-1] + b"\n") if unended else self.lines
        return replace(self, lines=(*lines, line))

    def without(self, key: bytes) -> Source:
        """The text without any entry of a key."""
        text = self
        for entry in reversed(self.find(key)):
            text = text._replaced(entry.first, entry.after, [])
        return text

    def _replaced(self, first: int, after: int, lines: Sequence[bytes]) -> Source:
        """Comments within an entry's continuation lines stay."""
        comments = [line for line in self.lines[first:after] if _is_comment(line)]
        return replace(self, lines=(*self.lines[:first], *lines, *comments, *self.lines[after:]))

    def _line(self, key: bytes, value: bytes) -> bytes:
        if not key or re.search(rb"[\0\n\r]", key + value) or key[:1] in b"# \t":
            raise ValueError("a key and its value are one line, and a key begins with neither # nor a blank")
        if not value.strip():
            raise ValueError("a key needs a value: Postfix leaves out a line without one")
        if self.format == "aliases":
            return b"%s: %s\n" % (_quoted(key), value)
        if self.format == "regexp" and not _pattern(b"%s %s" % (key, value), 0, 1).readable:
            raise ValueError("a pattern stands between two equal signs, like /^info@/, and a result behind it")
        match = _KEY["postmap"].match(key)
        if self.format != "regexp" and (match is None or match[1] != key):
            raise ValueError("a key has no blanks, except within double quotes that are closed")
        return b"%s\t%s\n" % (key, value)

    def _spans(self) -> Iterator[tuple[int, int]]:
        first = after = -1
        for number, line in enumerate(self.lines):
            if _is_comment(line):
                continue
            if line[:1].isspace() and first >= 0:
                after = number + 1
                continue
            if first >= 0:
                yield first, after
            first, after = number, number + 1
        if first >= 0:
            yield first, after

    def _beginning(self, number: int) -> int | None:
        """The first line of the entry that a line belongs to; None for a line of no entry."""
        if _is_comment(self.lines[number]):
            return None
        return next((place for place in range(number, -1, -1) if _begins(self.lines[place])), self._unbegun)

    def _end(self, first: int) -> int:
        """The line after the last one of the entry that begins here."""
        after = first + 1
        for number in range(first + 1, len(self.lines)):
            if _is_comment(self.lines[number]):
                continue
            if _begins(self.lines[number]):
                break
            after = number + 1
        return after

    def _entry(self, first: int, after: int) -> Entry:
        text = self.lines[first].strip()
        if after > first + 1:
            parts = [line.rstrip(b"\r\n") for line in self.lines[first:after] if not _is_comment(line)]
            text = b"".join(parts).strip()
        if self.format == "regexp" and first != self._unbegun:
            return _pattern(text, first, after)
        if self.format == "cidr" and text.lower() == b"endif":
            return Entry(text, b"", first, after)
        match = _KEY.get(self.format, _KEY["postmap"]).fullmatch(text)
        if match is None or not match[2].strip() or first == self._unbegun:
            return Entry(match[1] if match else text, b"", first, after, readable=False)
        return Entry(match[1], match[2].strip(), first, after)


def decoded(data: bytes) -> str:
    """Key or value as text from which the same bytes can be made again."""
    return data.decode("utf-8", "surrogateescape")


def _pattern(text: bytes, first: int, after: int) -> Entry:
    """An entry of regexp_table(5) or pcre_table(5): a pattern between any two equal signs, flags, and a result."""
    start = text.lstrip(b"!")
    if text[:2].lower() in (b"if", b"en"):
        key, _, value = text.partition(b" ")
        return Entry(key, value, first, after, readable=key.lower() in (b"if", b"endif"))
    match = re.fullmatch(rb"(?P<sign>[^\w\s\\])(?:(?!(?P=sign))(?:\\.|[^\\]))*(?P=sign)[a-zA-Z]*", _first(start))
    rest = start[len(_first(start)) :].strip()
    return Entry(text[: len(text) - len(start)] + _first(start), rest, first, after, readable=bool(match and rest))


def _first(text: bytes) -> bytes:
    """The pattern at the beginning of an entry, its blanks included."""
    match = re.match(rb"([^\w\s\\])(?:(?!\1)(?:\\.|[^\\]))*\1[a-zA-Z]*", text, re.DOTALL)
    return match[0] if match else text.split(None, 1)[0] if text.split() else text


def _begins(line: bytes) -> bool:
    """Whether an entry begins with this line."""
    return not line[:1].isspace() and line[:1] not in (b"#", b"")


def _is_comment(line: bytes) -> bool:
    return not line.strip() or line.lstrip()[:1] == b"#"


def _quoted(key: bytes) -> bytes:
    """An alias as aliases(5) wants it: in quotes where it has more than letters, digits and a few signs."""
    if re.fullmatch(rb"[\w.+=/@&%!?~^$*-]+", key):
        return key
    return b'"%s"' % key.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
