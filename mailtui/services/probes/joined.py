"""The log lines that a probe caused: what was appended meanwhile, and in it what is surely of our connection.

smtpd(8) names the client's address and keeps its process ID from connect to disconnect; Dovecot's session is an ID with
the client's port and address in it (``login_client_get_session_id``). A probe on loopback comes from an address that
nobody else has, so that there is no doubt.
"""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from mailtui.host.errors import MailtuiError
from mailtui.host.tools import Tools
from mailtui.maillog.model import NOQUEUE, Event, LineRef
from mailtui.maillog.parser import Parser
from mailtui.services.logs import JOURNAL, LogSource, LogSources
from mailtui.services.logs.spool import write_past
from mailtui.text import clean

PATIENCE = 2.0
"""Seconds to wait for the lines after the end of the dialogue."""
_MOST_BYTES = 8 * 2**20
_MOST_LINES = 60
_TICK = 0.03
_JOURNAL_TICK = 0.3
"""Each look at the journal is a run of journalctl."""
_SESSION = re.compile(r"\bsession=<([A-Za-z0-9+/=]{12,64})>|<([A-Za-z0-9+/=]{12,64})>")
_END = re.compile(
    r"^disconnect from |^lost connection|Disconnected|Logged out|Aborted login|Login aborted|Connection closed|BYE"
)
_STEP = 6
"""Bytes of a session's time before its port."""


@dataclass(frozen=True, slots=True)
class Client:
    """Our end of a connection, as the server sees it."""

    address: str
    port: int
    alone: bool
    """Whether nobody else comes from this address."""


class Line(NamedTuple):
    """One line: what it says, and how it stands in the log."""

    event: Event
    raw: bytes

    @property
    def ref(self) -> LineRef:
        """Where it stands; its text cleaned."""
        return LineRef(self.event.source, self.event.offset, clean(self.raw.decode("utf-8", "surrogateescape")))

    def __hash__(self) -> int:
        return hash((self.event.source, self.event.offset))


class LogMark:
    """Where the logs ended when this was made. Nothing here raises: a log that cannot be read has no lines."""

    def __init__(self, tools: Tools, sources: LogSources) -> None:
        self._tools = tools
        self._began = time.time()
        try:
            found: Sequence[LogSource] = [one for one in sources.discover() if one.wanted and one.readable]
        except MailtuiError:
            found = ()
        self._files = [one.path for one in found if one.path is not None]
        self._journal = any(one.name == JOURNAL for one in found)
        self._ends = {path: _end(path) for path in self._files}

    @property
    def blind(self) -> bool:
        """Whether there is no log to look at."""
        return not self._files and not self._journal

    def caused_by(self, clients: Sequence[Client], patience: float = PATIENCE) -> tuple[LineRef, ...]:
        """The lines of these connections, waiting for their ends as long as ``patience`` says. Text is cleaned."""
        deadline = time.monotonic() + patience
        while True:
            found = _of(clients, list(self.lines()))
            ended = sum(1 for line in found if _END.search(line.event.text))
            if ended >= len(clients) or self.blind or time.monotonic() > deadline:
                return tuple(line.ref for line in found[:_MOST_LINES])
            time.sleep(_JOURNAL_TICK if self._journal else _TICK)

    def lines(self) -> Iterator[Line]:
        """Everything that was logged since, by log."""
        for path in self._files:
            yield from self._of_file(path)
        if self._journal:
            yield from self._of_journal()

    def _of_file(self, path: Path) -> Iterator[Line]:
        inode, size = self._ends[path]
        now, end = _end(path)
        start = size if inode == now and end >= size else 0
        try:
            with path.open("rb") as file:
                file.seek(start)
                data = file.read(_MOST_BYTES)
        except OSError:
            return
        yield from _lines(str(path), data, start)

    def _of_journal(self) -> Iterator[Line]:
        with tempfile.TemporaryDirectory(prefix="mailtui-") as folder:
            path = Path(folder, "journal.log")
            try:
                write_past(self._tools, path, self._began)
                data = path.read_bytes()[:_MOST_BYTES]
            except (MailtuiError, OSError):
                return
        yield from _lines(JOURNAL, data, 0)


def _end(path: Path) -> tuple[int, int]:
    """Inode and size of a file; zeros for none."""
    try:
        there = path.stat()
    except OSError:
        return 0, 0
    return there.st_ino, there.st_size


def _lines(source: str, data: bytes, start: int) -> Iterator[Line]:
    parser, offset = Parser(source, now=time.time()), start
    for line in data.split(b"\n")[:-1]:
        yield Line(parser.parse(line, offset), line)
        offset += len(line) + 1


def _of(clients: Iterable[Client], lines: Sequence[Line]) -> list[Line]:
    """The lines of these connections, in the order of their logs."""
    chosen: set[Line] = set()
    for client in clients:
        sessions = {name for line in lines for name in _names(line.event.text) if is_session_of(name, client)}
        if client.alone or not sessions:
            chosen.update(_of_address(client, lines))
        chosen.update(line for line in lines if any(name in line.event.text for name in sessions))
    return [line for line in lines if line in chosen]


def _of_address(client: Client, lines: Sequence[Line]) -> Iterator[Line]:
    """Lines with the address, and what their process and their message have to say besides."""
    named = re.compile(rf"(?<![\w.:]){re.escape(client.address)}(?!\w|\.\w|:\w*:)", re.IGNORECASE)
    speaking: set[tuple[str, int | None]] = set()
    messages: set[str] = set()
    for line in lines:
        event = line.event
        process, ours = (event.program, event.pid), bool(named.search(event.text))
        if event.event == "connect" and event.daemon == "smtpd":
            (speaking.add if ours else speaking.discard)(process)
        if ours and event.queue_id not in ("", NOQUEUE):
            messages.add(event.queue_id)
        if ours or process in speaking or event.queue_id in messages:
            yield line
        if event.event == "disconnect":
            speaking.discard(process)


def _names(text: str) -> Iterator[str]:
    for match in _SESSION.finditer(text):
        yield match[1] or match[2]


def is_session_of(name: str, client: Client) -> bool:
    """Whether a Dovecot session began at this end of a connection."""
    try:
        raw = base64.b64decode(name + "=" * (-len(name) % 4), validate=True)
        address = ip_address(client.address).packed
    except (binascii.Error, ValueError):
        return False
    return raw[_STEP:] == client.port.to_bytes(2, "little") + address
