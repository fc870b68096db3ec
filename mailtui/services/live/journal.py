"""The recent past of the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import Event
from mailtui.maillog.parser import Parser
from mailtui.services.live.trail import JournalTrail
from mailtui.services.logs.journal import cursor_of, journal_entries

_BEHIND = 2**30
"""Not to be read while others wait: journalctl must be started for it."""


class JournalWindow:
    """The mail entries of the journal since a moment, at most the last ``most``."""

    def __init__(self, trail: JournalTrail, *, since: float, most: int, tools: Tools) -> None:
        self._parser = Parser("journal")
        self._trail = trail
        self._tools = tools
        self._most: int | None = most
        self._stamp = int(since * 1e6)
        self._last = b""
        self._failed = False
        self.whole = False

    @property
    def left(self) -> int:
        """Nothing, or more than is read while others wait."""
        return 0 if self._failed or self._stamp >= self._trail.stamp else _BEHIND

    def events(self) -> Iterator[Event]:
        """What has not been given yet; where journalctl fails, nothing: following tells why."""
        given = 0
        try:
            for line in journal_entries(self._tools, since=self._stamp / 1e6, last=self._most):
                for stamp, entry in entries([line]):
                    if stamp > self._stamp:
                        self._stamp, self._last = stamp, line
                        given += 1
                        yield self._parser.parse_journal(entry)
        except MailtuiError:
            self._failed = True
            return
        self.whole = self._most is None or given < self._most
        self._most = None

    def settle(self) -> None:
        """Entries up to here are not to be followed."""
        self._trail.settle(self._stamp, cursor_of(self._last))

    def close(self) -> None:
        """Nothing is kept open."""


def entries(lines: Sequence[bytes]) -> Iterator[tuple[int, dict[str, object]]]:
    """Journal entries with their time in microseconds, 0 where they have none; what is no entry is left out."""
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            stamp = str(entry.get("__REALTIME_TIMESTAMP", ""))
            yield int(stamp) if stamp.isdecimal() and stamp.isascii() else 0, entry
