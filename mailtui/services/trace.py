"""One message's story out of gigabytes of log: find its bytes, follow what they name, parse only those lines.

A queue ID, Message-ID or address is searched for in the mapped file (as fast as grep -F), and so is every queue ID and
LMTP session that the lines found lead to. Links lie close to the line that names them, so only the neighbourhood is
searched for these, and the rest of the file only once they are known to be of this machine.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.maillog.grammar.postfix_patterns import FORWARDED, QUEUE_ID, QUEUED_AS
from mailtui.maillog.model import NOQUEUE, Event, LineRef, Story
from mailtui.maillog.parser import Parser
from mailtui.maillog.stories import StoryBook
from mailtui.maillog.story_saves import LMTP_SAVED
from mailtui.maillog.trace import concerns

if TYPE_CHECKING:
    from mailtui.filters import Filter
    from mailtui.host.tools import Tools

NEAR = 2**22
"""Bytes before and after a line in which what it names is looked for first."""
MAX_LINES = 200_000
"""Lines collected for one query; an address of a whole domain's traffic is cut there."""

_QUEUE_ID = re.compile(QUEUE_ID)
_PACKED = frozenset({".gz", ".bz2", ".xz", ".zst"})


class TraceService:
    """Traces messages in log files; ``default_files`` are those searched when none are named."""

    def __init__(self, tools: Tools, default_files: Callable[[], Sequence[Path]] = tuple) -> None:
        self._tools = tools
        self._default_files = default_files

    def trace(self, query: str, files: Sequence[Path] | None = None, where: Filter | None = None) -> list[Story]:
        """The stories of ``query`` and of messages with an event that ``where`` lets through, oldest first.

        Raises PermissionDenied or HostError for a file that cannot be read.
        """
        paths = list(files if files is not None else self._default_files())
        if where:
            return self._matching(paths, query, where)
        texts = [self._open(path) for path in paths]
        try:
            found = _collect(query, texts)
            return _stories(found, query)
        finally:
            for text in texts:
                text.close()

    def _open(self, path: Path) -> _Text:
        if path.suffix in _PACKED:
            from mailtui.services.logs.history import read_lines

            return _Text(str(path), b"\n".join(read_lines(path, self._tools)), path.stat().st_mtime)
        return _mapped(path)

    def _matching(self, paths: list[Path], query: str, where: Filter) -> list[Story]:
        """Every line must be looked at: a filter may ask for anything."""
        from mailtui.filters import event_fields
        from mailtui.services.logs.history import read_lines

        book = StoryBook(max_stories=10_000_000)
        wanted: dict[str, None] = {}
        for path in paths:
            parser, offset = Parser(str(path), now=path.stat().st_mtime), 0
            for line in read_lines(path, self._tools):
                event = parser.parse(line, offset)
                offset += len(line) + 1
                key = book.add(event)
                if key is not None and key not in wanted and where.matches(event_fields(event)):
                    wanted[key] = None
        stories = [story for story in map(book.story, wanted) if story]
        return [story for story in stories if not query or concerns(story, query)]


class _Text:
    """A log in memory, or mapped into it."""

    def __init__(self, name: str, data: bytes | mmap.mmap, modified: float) -> None:
        self.name = name
        self.data = data
        self.modified = modified

    def close(self) -> None:
        """Unmap."""
        if isinstance(self.data, mmap.mmap):
            self.data.close()

    def hits(self, needle: bytes, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Where the lines that hold ``needle`` begin."""
        data, stop = self.data, len(self.data) if end is None else end
        place = data.find(needle, max(start, 0), stop)
        while place >= 0:
            yield data.rfind(b"\n", 0, place) + 1
            after = data.find(b"\n", place)
            if after < 0:
                return
            place = data.find(needle, after, stop)

    def line(self, offset: int) -> bytes:
        """The line that begins there."""
        end = self.data.find(b"\n", offset)
        return self.data[offset : end if end >= 0 else len(self.data)]


def _mapped(path: Path) -> _Text:
    try:
        with path.open("rb") as file:
            there = os.fstat(file.fileno())
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if there.st_size else b""
            return _Text(str(path), data, there.st_mtime)
    except OSError as error:
        from mailtui.services.logs.access import trouble

        raise trouble(path, error) from error


def _collect(query: str, texts: list[_Text]) -> list[tuple[_Text, dict[int, Event]]]:
    """Every line that belongs to the query's messages."""
    found: list[tuple[_Text, dict[int, Event]]] = [(text, {}) for text in texts]
    parsers = [Parser(text.name, now=text.modified) for text in texts]
    names = _Names()
    for first in _needles(query):
        names.follow(first)
    while (needle := names.next()) is not None:
        for (text, events), parser in zip(found, parsers, strict=True):
            for offset in _places(text, needle, names.near(needle, text)):
                if offset not in events and len(events) < MAX_LINES:
                    events[offset] = event = parser.parse(text.line(offset), offset)
                    names.learn(event, text)
    return found


def _needles(query: str) -> list[bytes]:
    """What to search for: letter case of queue IDs counts, that of addresses may differ."""
    bare = query.strip("<>")
    words = [query] if _QUEUE_ID.fullmatch(query) else list(dict.fromkeys((bare, bare.lower())))
    return [word.encode("utf-8", "surrogateescape") for word in words if word]


def _places(text: _Text, needle: bytes, near: int | None) -> Iterator[int]:
    """The lines with ``needle``: all, or where it was named in this file, those from its neighbourhood on."""
    if near is None:
        yield from text.hits(needle)
        return
    first = list(text.hits(needle, near - NEAR, near + NEAR))
    yield from first
    # More lines than the one that names it: it is one of ours. A session, which is no queue ID, has ended by then.
    if len(first) > 1 and _QUEUE_ID.fullmatch(needle.decode("utf-8", "replace")):
        yield from text.hits(needle, near + NEAR)


class _Names:
    """Queue IDs and sessions that still have to be searched for."""

    def __init__(self) -> None:
        self._todo: list[bytes] = []
        self._seen: set[bytes] = set()
        self._near: dict[bytes, tuple[_Text, int]] = {}

    def follow(self, name: bytes) -> None:
        """Search for ``name`` once."""
        if name not in self._seen:
            self._seen.add(name)
            self._todo.append(name)

    def next(self) -> bytes | None:
        """What to search for now."""
        return self._todo.pop(0) if self._todo else None

    def near(self, name: bytes, text: _Text) -> int | None:
        """Where in ``text`` the name was met; None to search all of it."""
        place = self._near.get(name)
        return place[1] if place and place[0] is text else None

    def learn(self, event: Event, text: _Text) -> None:
        """Follow what a line names."""
        fields = event.fields
        names = [event.queue_id, fields.get("child", ""), fields.get("orig_queue_id", ""), fields.get("orig_id", "")]
        if event.event == "delivery":
            reply = fields.get("reason", "")
            for pattern, group in ((FORWARDED, "child"), (QUEUED_AS, "child"), (LMTP_SAVED, "session")):
                match = pattern.search(reply)
                names += [match[group]] if match else []
        for name in names:
            if len(name) > 5 and name != NOQUEUE:
                needle = name.encode("utf-8", "surrogateescape")
                self._near.setdefault(needle, (text, event.offset))
                self.follow(needle)


def _stories(found: list[tuple[_Text, dict[int, Event]]], query: str) -> list[Story]:
    """Tell the stories of the lines found, with the lines as they stand in the files."""
    events = [event for _, by_offset in found for event in by_offset.values()]
    order = {text.name: number for number, (text, _) in enumerate(found)}
    events.sort(key=lambda event: (event.time or 0.0, order[event.source], event.offset))
    book = StoryBook(max_stories=MAX_LINES)
    for event in events:
        book.add(event)
    texts = {text.name: text for text, _ in found}
    stories = [story for story in map(book.story, book.keys()) if story and concerns(story, query)]
    return [
        replace(story, lines=tuple(_as_written(line, texts[line.source]) for line in story.lines)) for story in stories
    ]


def _as_written(line: LineRef, text: _Text) -> LineRef:
    return replace(line, text=text.line(line.offset).decode("utf-8", "surrogateescape"))
