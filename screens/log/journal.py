"""The latest entries of the journal as lines that look like syslog's."""

from __future__ import annotations

import json
import threading
from collections import deque
from itertools import islice

from mailtui.host.tools import Tools
from mailtui.maillog.journal import entry_of
from mailtui.services.logs import Change, LogLine
from mailtui.services.logs.journal import JournalTail, cursor_of, journal_entries
from mailtui.text import clean, iso

KEPT = 5_000
"""Entries that are shown; the journal itself has no line numbers to go by."""


class JournalLines:
    """A window at the end of the journal; moves on while it is looked at."""

    counted = True
    counted_share = 1.0

    def __init__(self, tools: Tools) -> None:
        entries = list(journal_entries(tools, last=KEPT))
        self._lines = deque((line_of(entry) for entry in entries), KEPT)
        self.end = len(self._lines)
        self._arrived: deque[bytes] = deque(maxlen=KEPT)
        self._arrivals = 0
        self._lock = threading.Lock()
        self._tail = JournalTail(tools, cursor_of(entries[-1]) if entries else "")
        threading.Thread(target=self._follow, name="journal", daemon=True).start()

    @property
    def first(self) -> int:
        """The lowest number still kept."""
        return self.end - len(self._lines)

    def absolute(self, number: int) -> int | None:
        """Counted from the first entry shown."""
        return number + 1

    def count(self, _seconds: float = 0.02) -> bool:
        """There is nothing to count."""
        return True

    def refresh(self) -> Change:
        """Take what has come since."""
        with self._lock:
            arrived, number = list(self._arrived), self._arrivals
            self._arrived.clear()
            self._arrivals = 0
            self._lines.extend(arrived)
            self.end += number
        return Change.GROWN if number else Change.SAME

    def read_lines(self, start: int, count: int) -> list[LogLine]:
        """Some of those kept."""
        with self._lock:
            start, stop = max(start, self.first), min(start + count, self.end)
            kept = islice(self._lines, start - self.first, max(start, stop) - self.first)
            return [LogLine(number, number, line, len(line)) for number, line in enumerate(kept, start)]

    def read_span(self, start: int, stop: int) -> bytes:
        """The same, in one piece."""
        return b"".join(line.data + b"\n" for line in self.read_lines(start, stop - start))

    def offset_of(self, number: int) -> int:
        """Entries are counted instead of bytes."""
        return number

    def line_at(self, offset: int) -> int:
        """The entry of that number."""
        return offset

    def close(self) -> None:
        """Stop following."""
        self._tail.stop()

    def _follow(self) -> None:
        for entries in self._tail.batches():
            lines = [line_of(entry) for entry in entries]
            with self._lock:
                self._arrived.extend(lines)
                self._arrivals += len(lines)


def line_of(entry: bytes) -> bytes:
    """A JSON entry of journalctl as one line: time, host, program and text."""
    try:
        value = json.loads(entry)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return entry.replace(b"\n", b" ")
    parts = entry_of(value)
    pid = f"[{parts.pid}]" if parts.pid is not None else ""
    head = f"{iso(parts.time or 0.0)} {parts.host} {parts.identifier}{pid}"
    return clean(f"{head}: {parts.message}").encode("utf-8", "replace")
