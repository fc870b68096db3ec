"""The mail part of the journal written out as a log file, so that it can be looked at like any other.

The file is ours alone, lies in the temporary folder and goes when it is closed.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.journal import entry_of
from mailtui.services.logs.filetail import FOLLOWING, Condition
from mailtui.services.logs.journal import JournalTail, cursor_of, journal_entries

ENTRIES = 100_000
"""How far back the file reaches when it is begun."""
MAX_SIZE = 2**28
"""The file is begun anew beyond this."""
_BATCH = 1000


class JournalSpool:
    """Writes ``path`` from the journal between ``start`` and ``close``."""

    def __init__(self, tools: Tools, *, entries: int = ENTRIES) -> None:
        self._tools = tools
        self._entries = entries
        fd, name = tempfile.mkstemp(prefix="mailtui-journal-", suffix=".log")
        self._file: BinaryIO = os.fdopen(fd, "ab", buffering=0)
        self.path = Path(name)
        self._problem: Condition | None = None
        self._tail: JournalTail | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write, name="journal spool", daemon=True)

    @property
    def condition(self) -> Condition:
        """Whether the journal can be read."""
        return self._problem or (self._tail.condition if self._tail else FOLLOWING)

    def start(self) -> None:
        """Begin to write, oldest entries first; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End writing and remove the file."""
        self._stopped.set()
        if self._tail:
            self._tail.stop()
        if self._thread.is_alive():
            self._thread.join()
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _write(self) -> None:
        try:
            cursor = self._write_past()
        except MailtuiError as error:
            self._problem = Condition("failed", error.message, error.unlock)
            return
        self._tail = JournalTail(self._tools, cursor)
        if self._stopped.is_set():
            self._tail.stop()
        for batch in self._tail.batches():
            self._append(batch)

    def _write_past(self) -> str:
        """Write what the journal holds already; the cursor after it."""
        batch: list[bytes] = []
        last = b""
        for last in journal_entries(self._tools, last=self._entries):
            batch.append(last)
            if len(batch) == _BATCH:
                self._append(batch)
                batch = []
            if self._stopped.is_set():
                break
        self._append(batch)
        return cursor_of(last)

    def _append(self, entries: Iterable[bytes]) -> None:
        if self._file.tell() > MAX_SIZE:
            self._file.truncate(0)
        self._file.write(b"".join(map(log_line, entries)))


def write_past(tools: Tools, path: Path, since: float | None = None) -> None:
    """Write the journal's mail lines from ``since`` on to a new file; raises what ``journal_entries`` raises."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.writelines(map(log_line, journal_entries(tools, since=since)))


def log_line(entry: bytes) -> bytes:
    """A journal entry as a line of a log file with RFC 3339 time; several lines of a message stay one."""
    try:
        parts = entry_of(json.loads(entry))
    except ValueError:
        return entry + b"\n"
    when = datetime.fromtimestamp(parts.time or 0.0).astimezone().isoformat(timespec="microseconds")
    pid = f"[{parts.pid}]" if parts.pid else ""
    message = parts.message.replace("\n", "#012")  # as rsyslog writes it
    return f"{when} {parts.host} {parts.identifier}{pid}: {message}\n".encode("utf-8", "surrogateescape")
