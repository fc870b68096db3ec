"""The recent past of one log file and its rotated ones, oldest first, and on to where it has been followed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.live.past import MovedError, OlderFile, file_of, older_files, window_start
from mailtui.services.live.trail import NOWHERE, FileTrail, Span
from mailtui.services.logs import LogSource, read_lines
from mailtui.services.logs.access import open_log_file
from mailtui.services.logs.filetail import OpenLog


class Window(Protocol):
    """Part of one source."""

    whole: bool
    """Whether a wider window would hold nothing more that is wanted."""

    @property
    def left(self) -> int:
        """About how many bytes have been followed beyond what was given."""

    def events(self) -> Iterator[Event]:
        """What has not been given yet; call again for what was followed meanwhile. Raises MovedError."""

    def settle(self) -> None:
        """What was given is the book now."""

    def close(self) -> None:
        """Give back what is open."""


class FileWindow:
    """The last ``budget`` bytes of a log file and of its rotated ones; nothing that ended before ``since``."""

    def __init__(self, source: LogSource, trail: FileTrail, *, since: float, budget: int, tools: Tools) -> None:
        """Raises MovedError where the file last followed is gone, PermissionDenied or HostError."""
        self._parser = Parser(source.name)
        self._path = source.path or Path(source.name)
        self._tools = tools
        self._trail = trail
        self._at = len(trail.spans) - 1
        self._log: OpenLog | None = None
        self._offset = 0
        self._older: list[OlderFile] = []
        self.whole = True
        span = trail.spans[self._at]
        if span.identity != NOWHERE.identity:
            path = file_of(self._path, span.identity)
            start, self.whole = window_start(path, since, budget)
            if start == 0:
                self._older, self.whole = older_files(self._path, path, since, budget - path.stat().st_size)
            self._enter(path, span, min(start, span.end))

    @property
    def left(self) -> int:
        """Bytes followed beyond what was given."""
        spans = self._trail.spans[self._at :]
        return spans[0].end - self._offset + sum(span.end - span.start for span in spans[1:])

    def events(self) -> Iterator[Event]:
        """What has not been given yet, the rotated files first."""
        while self._older:
            yield from self._older_events(self._older.pop(0))
        while True:
            spans = self._trail.spans
            is_last = self._at + 1 == len(spans)  # asked before the end, which grows only while it is the last
            yield from self._read_to(spans[self._at].end)
            if is_last:
                return
            before, span = spans[self._at], spans[self._at + 1]
            if before.identity == span.identity:
                raise MovedError  # it was emptied, who knows when
            self._at += 1
            self._enter(file_of(self._path, span.identity), span, span.start)

    def settle(self) -> None:
        """Nothing to do: following hands out no line that was followed."""

    def close(self) -> None:
        """Close the file."""
        if self._log:
            self._log.close()
            self._log = None

    def _enter(self, path: Path, span: Span, offset: int) -> None:
        self.close()
        log = OpenLog(open_log_file(path))
        if log.position.identity != span.identity:
            log.close()
            raise MovedError
        log.restart(offset)
        self._log, self._offset = log, offset

    def _read_to(self, end: int) -> Iterator[Event]:
        if self._log is None or self._offset >= end:
            return
        for position, lines in self._log.batches():
            if self._offset - position.offset not in (0, 1):
                raise MovedError
            self._offset = position.offset
            yield from self._given(lines, end)
            if self._offset >= end:
                self._log.restart(self._offset)
                return
        for _, lines in self._log.remainder():
            yield from self._given(lines, end)
        if self._offset < end:
            raise MovedError

    def _given(self, lines: list[bytes], end: int) -> Iterator[Event]:
        for line in lines:
            if self._offset >= end:
                return
            offset, self._offset = self._offset, self._offset + len(line) + 1
            yield self._parser.parse(line, offset)

    def _older_events(self, older: OlderFile) -> Iterator[Event]:
        """The lines of a rotated file; of a damaged one what is before the damage."""
        try:
            there = older.path.stat()
        except OSError as error:
            raise MovedError from error
        if (there.st_dev, there.st_ino) != older.identity:
            raise MovedError
        parser, offset = Parser(str(older.path), now=there.st_mtime), 0
        try:
            for line in read_lines(older.path, self._tools):
                yield parser.parse(line, offset)
                offset += len(line) + 1
        except MailtuiError:
            return
