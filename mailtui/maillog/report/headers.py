"""Lines that do not have the two forms of the fast lane, rewritten into one of them.

Any stamp the log engine's header rules know, RFC 5424, Dovecot's own log file, journal entries as JSON. The result
is ``2026-03-01T01:02:03 host program[pid]: message`` in the time of this machine.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from mailtui.maillog.containers import inside
from mailtui.maillog.header import Stamps
from mailtui.maillog.journal import entry_of
from mailtui.maillog.lines import own_log_lines
from mailtui.maillog.program import Program, named, split_head, split_rfc5424


class Rewritten(NamedTuple):
    """One line: whole in the common form, who logged it, and what."""

    line: str
    program: Program
    text: str


class OtherForms:
    """Rewrites the lines of one log."""

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps

    def rewrite(self, line: str) -> Rewritten | None:
        """``line`` in the common form; ``None`` when it has no header."""
        found = self._rewritten(line)
        if found is None or not found.program.program:
            inner = inside(line)
            found = self._rewritten(inner) if inner else found
        return found

    def _rewritten(self, line: str) -> Rewritten | None:
        time = self._stamps.read(line)
        if time is None:
            return _from_journal(line) if line.startswith("{") else None
        start = self._stamps.end
        if own_log_lines(line, start):
            text = line[start:].replace(": Info: ", ": ", 1)  # which syslog's form does not have
            return _common(time, Program("", "dovecot", "", "", "", None), text)
        split = split_rfc5424(line, start) if self._stamps.is_rfc5424 else split_head(line, start)
        if split is None:
            return _common(time, Program("", "", "", "", "", None), line[start:])
        program, body = split
        return _common(time, program, line[body:])


def _from_journal(line: str) -> Rewritten | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or "MESSAGE" not in value:
        return None
    entry = entry_of(value)
    if entry.time is None:
        return None
    return _common(entry.time, named(entry.host, entry.identifier, entry.pid), entry.message)


def _common(time: float, program: Program, text: str) -> Rewritten:
    stamp = datetime.fromtimestamp(time).isoformat(timespec="seconds")
    process = "" if program.pid is None else f"[{program.pid}]"
    return Rewritten(f"{stamp} {program.host} {program.program}{process}: {text}", program, text)
