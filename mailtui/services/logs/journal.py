"""The mail lines of the systemd journal, as JSON lines: journalctl(1), systemd.journal-fields(7)."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from mailtui.host.errors import MailtuiError
from mailtui.host.stream import Stream
from mailtui.host.tools import Tools
from mailtui.services.logs.access import join_group
from mailtui.services.logs.filetail import FOLLOWING, Condition
from mailtui.services.logs.source import JOURNAL, LogSource

FOLDERS = (Path("/var/log/journal"), Path("/run/log/journal"))
MATCHES = (
    "SYSLOG_FACILITY=2",
    "+",
    "_SYSTEMD_UNIT=postfix.service",
    "+",
    "_SYSTEMD_SLICE=system-postfix.slice",
    "+",
    "_SYSTEMD_UNIT=dovecot.service",
)
"""All that goes to syslog's mail facility, companions too, and what the units print."""
_FIELDS = "MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,SYSLOG_PID,_COMM,_HOSTNAME,_PID"
_JSON = ("journalctl", "--quiet", "--no-pager", "--all", "--output=json", f"--output-fields={_FIELDS}")
_CURSOR = re.compile(rb'"__CURSOR"\s*:\s*("(?:[^"\\]|\\.)*")')
_PAUSE = 1.0
"""Seconds before a journalctl that ended is started again."""


def journal_source(tools: Tools, folders: tuple[Path, ...] = FOLDERS) -> LogSource | None:
    """The journal of this machine, if it keeps one."""
    if tools.find("journalctl") is None:
        return None
    folders = tuple(folder for folder in folders if folder.is_dir())
    if not folders:
        return None
    files = [file for folder in folders for file in folder.glob("*/system*.journal")]
    if not files:
        return None
    size = sum(file.stat().st_size for file in files)
    if any(os.access(file, os.R_OK) for file in files):
        return LogSource(JOURNAL, JOURNAL, None, "journalctl", size)
    hidden = "this user sees only their own entries of the journal"
    return LogSource(JOURNAL, JOURNAL, None, "journalctl", size, False, hidden, join_group("systemd-journal"))


def journal_entries(tools: Tools, *, since: float | None = None, last: int | None = None) -> Iterator[bytes]:
    """Entries of the past, oldest first; raises what ``Tools.stream`` raises."""
    options = [f"--since=@{since:.6f}"] if since is not None else []
    options += [f"--lines={last}"] if last is not None else []
    with tools.stream([*_JSON, *options, *MATCHES]) as stream:
        yield from stream


def cursor_of(entry: bytes) -> str:
    """The place of an entry in the journal, to go on after it; ``""`` where it has none."""
    match = _CURSOR.search(entry)
    return str(json.loads(match[1])) if match else ""


class JournalTail:
    """The mail lines of the journal as they come."""

    def __init__(self, tools: Tools, cursor: str = "") -> None:
        """Goes on after ``cursor``, or with what comes after now."""
        self._tools = tools
        self._cursor = cursor
        self._stream: Stream | None = None
        self._stopped = threading.Event()
        self.condition = FOLLOWING

    def stop(self) -> None:
        """Let ``batches`` end; may be called from any thread."""
        self._stopped.set()
        if self._stream:
            self._stream.stop()

    def batches(self) -> Iterator[list[bytes]]:
        """Entries, many at a time where they come fast, until ``stop``; a journalctl that ends is started again."""
        while not self._stopped.is_set():
            try:
                yield from self._follow()
            except MailtuiError as error:
                self.condition = Condition("failed", error.message, error.unlock)
            self._stopped.wait(_PAUSE)

    def _follow(self) -> Iterator[list[bytes]]:
        start = f"--after-cursor={self._cursor}" if self._cursor else "--lines=0"
        with self._tools.stream([*_JSON, "--follow", "--no-tail", start, *MATCHES], follow=True) as stream:
            self._stream = stream
            if self._stopped.is_set():
                return
            self.condition = FOLLOWING
            for batch in stream.batches():
                self._cursor = cursor_of(batch[-1]) or self._cursor
                yield batch
