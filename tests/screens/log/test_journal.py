"""The journal as lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mailtui.host.stream import Stream
from mailtui.maillog.parser import Parser
from mailtui.screens.log.journal import KEPT, JournalLines, line_of
from mailtui.services.logs import Change
from tests.support.tools import RecordedStream, RecordedTools


def entry(n: int, message: str = "") -> bytes:
    value = {
        "__CURSOR": f"c{n}",
        "__REALTIME_TIMESTAMP": str(1772632800_000000 + n * 1_000_000),
        "_HOSTNAME": "mx1",
        "SYSLOG_IDENTIFIER": "postfix/qmgr",
        "SYSLOG_PID": "702",
        "MESSAGE": message or f"3D2F8{n:05X}: removed",
    }
    return json.dumps(value).encode()


class Journal(RecordedTools):
    """The past, and then what was written since a cursor."""

    def __init__(self, past: list[bytes], since: dict[str, list[bytes]]) -> None:
        super().__init__()
        self.past = past
        self.since = since

    @contextmanager
    def stream(self, argv: Sequence[str], *, follow: bool = False) -> Iterator[Stream]:
        cursor = next((word.split("=", 1)[1] for word in argv if word.startswith("--after-cursor=")), None)
        yield RecordedStream(self.past if cursor is None else self.since.pop(cursor, []))


def test_an_entry_reads_like_a_line_of_syslog() -> None:
    event = Parser("journal").parse(line_of(entry(5)))
    assert (event.time, event.host, event.program, event.pid) == (1772632805.0, "mx1", "postfix/qmgr", 702)
    assert (event.queue_id, event.event) == ("3D2F800005", "removed")
    hostile = line_of(entry(1, "two\nlines \x1b[2J"))
    assert b"\n" not in hostile and b"\x1b" not in hostile
    assert line_of(b"[1]\n") == b"[1] "


def test_the_window_moves_on() -> None:
    tools = Journal([entry(n) for n in range(KEPT)], {f"c{KEPT - 1}": [entry(KEPT), entry(KEPT + 1)]})
    lines = JournalLines(tools)
    try:
        while lines.refresh() is Change.SAME:
            pass
        assert (lines.first, lines.end) == (2, KEPT + 2)
        assert lines.read_lines(0, 3)[0].data == line_of(entry(2))
        assert lines.read_span(KEPT, KEPT + 2) == line_of(entry(KEPT)) + b"\n" + line_of(entry(KEPT + 1)) + b"\n"
    finally:
        lines.close()
