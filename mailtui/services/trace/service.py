"""Tracing messages in log files: a queue ID, a Message-ID, an address, or whatever a filter lets through."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mailtui.maillog.grammar.postfix_patterns import QUEUE_ID
from mailtui.maillog.model import Event, LineRef, Story
from mailtui.maillog.stories import StoryBook
from mailtui.maillog.trace import concerns
from mailtui.services.trace.search import MAX_EVENTS, Search
from mailtui.services.trace.text import LogText, open_text

if TYPE_CHECKING:
    from mailtui.filters import Filter
    from mailtui.host.tools import Tools

_QUEUE_ID = re.compile(QUEUE_ID)
_OPEN_STORIES = 20_000
"""Messages kept while a filter looks at all of them."""


class TraceService:
    """Traces messages in log files; ``default_files`` are those searched when none are named."""

    def __init__(self, tools: Tools, default_files: Callable[[], Sequence[Path]] = tuple) -> None:
        self._tools = tools
        self._default_files = default_files

    def trace(self, query: str, files: Sequence[Path] | None = None, where: Filter | None = None) -> list[Story]:
        """The stories of ``query``, or with an event or as a whole let through by ``where``, oldest first.

        ``files`` come oldest first. Raises PermissionDenied or HostError for one that cannot be read.
        """
        paths = list(files if files is not None else self._default_files())
        if where is not None:
            return _Sieve(query, where).stories(paths, self._tools)
        with ExitStack() as opened:
            texts = []
            for path in paths:
                texts.append(open_text(path, self._tools))
                opened.callback(texts[-1].close)
            search = Search(texts)
            search.run(_words(query))
            return _told(search, texts, query)


def _words(query: str) -> list[str]:
    """What to search for: letter case of queue IDs counts, that of addresses may differ."""
    bare = query.strip("<> ")
    words = [bare] if _QUEUE_ID.fullmatch(bare) else list(dict.fromkeys((bare, bare.lower())))
    return [word for word in words if word]


def _told(search: Search, texts: Sequence[LogText], query: str) -> list[Story]:
    """The stories of the lines found, with the lines as they stand in the files."""
    logs = [[events[offset] for offset in sorted(events)] for events in search.events]
    book = StoryBook(max_stories=MAX_EVENTS)
    for event in heapq.merge(*logs, key=_time) if len(logs) > 1 else logs[0] if logs else ():
        book.add(event)
    named = {str(text.path): text for text in texts}
    stories = [story for story in map(book.story, book.keys()) if story and concerns(story, query.strip())]
    return [
        replace(story, lines=tuple(_as_written(line, named[line.source]) for line in story.lines)) for story in stories
    ]


def _time(event: Event) -> float:
    return event.time or 0.0


def _as_written(line: LineRef, text: LogText) -> LineRef:
    return replace(line, text=text.line(line.offset).decode("utf-8", "surrogateescape"))


class _Sieve:
    """Looks at every message of some logs: a filter may ask for anything."""

    def __init__(self, query: str, where: Filter) -> None:
        self._query = query.strip()
        self._where = where
        self._wanted: set[str] = set()
        self._found: list[Story] = []

    def stories(self, paths: Sequence[Path], tools: Tools) -> list[Story]:
        """The messages that pass, oldest first."""
        from mailtui.filters import event_fields

        book = StoryBook(_OPEN_STORIES, leaving=self._look)
        for event in _events(paths, tools):
            key = book.add(event)
            if key is not None and key not in self._wanted and self._where.matches(event_fields(event)):
                self._wanted.add(key)
        for story in map(book.story, book.keys()):
            if story is not None:
                self._look(story)
        return sorted(self._found, key=lambda story: (story.arrived is not None, story.arrived or 0.0))

    def _look(self, story: Story) -> None:
        from mailtui.filters import story_fields

        if self._query and not concerns(story, self._query):
            return
        if story.key in self._wanted or self._where.matches(story_fields(story)):
            self._found.append(story)
        self._wanted.discard(story.key)


def _events(paths: Sequence[Path], tools: Tools) -> Iterator[Event]:
    from mailtui.maillog.parser import Parser
    from mailtui.services.logs.history import read_lines

    for path in paths:
        parser, offset = Parser(str(path), now=path.stat().st_mtime), 0
        for line in read_lines(path, tools):
            yield parser.parse(line, offset)
            offset += len(line) + 1
