"""The door of the log engine: one line in, one typed event out.

Header first, then program, severity, queue ID, and only then what the program says. Never raises: a line without
a header is ``unparsed``, a text no rule knows ``unknown``, both kept whole. Bytes that are no UTF-8 survive as
surrogates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import tzinfo

from mailtui.maillog.containers import inside
from mailtui.maillog.grammar.companions import OTHER
from mailtui.maillog.grammar.secrets import masked
from mailtui.maillog.header import Stamps, begins_with_stamp
from mailtui.maillog.journal import Entry, entry_of
from mailtui.maillog.lines import Lines, lines_of, own_log_lines
from mailtui.maillog.model import UNKNOWN, UNPARSED, Event
from mailtui.maillog.program import Program, named, split_head, split_rfc5424

_MOST_HEADS = 2_000
_LONGEST = 9_000
"""Characters of a line that are typed; Postfix cuts at 2000, rsyslog at 8192. The event's text stays whole."""

_REPEATED = re.compile(r"message repeated (?P<count>\d+) times: \[ ?(?P<text>.*?)\]?\Z", re.DOTALL)
_SOLARIS = re.compile(r"\[ID \d+ \w+\.\w+\] ")
_LAST_REPEATED = re.compile(r"(?:(?P<host>\S+) )??(?:--- )?last message repeated (?P<count>\d+) times?(?: ---)?\Z")
_NOBODY = Program("", "", "", "", "", None)
_WRAPPERS = frozenset({UNKNOWN, OTHER})
"""Events behind which a repetition or a Solaris message ID may stand."""


class Parser:
    """Types the lines of one source, in their order."""

    def __init__(self, source: str = "-", *, now: float | None = None, tz: tzinfo | None = None) -> None:
        self.source = source
        self._stamps = Stamps(now=now, tz=tz)
        self._heads: dict[str, Lines] = {}
        self._previous: Event | None = None
        self._is_inside = False
        """Whether the line at hand was taken out of a container's."""

    def parse(self, line: bytes, offset: int = 0) -> Event:
        """The event of one line, given without its newline."""
        text = line.decode("utf-8", "surrogateescape")
        if len(text) > _LONGEST:
            return self._parse_long(text, offset)
        return self._parse_text(text, offset)

    def _parse_text(self, text: str, offset: int) -> Event:
        stamps = self._stamps
        time = stamps.read(text)
        if time is None:
            return self._without_stamp(text, offset)
        start = stamps.end
        colon = text.find(": ", start)
        lines = self._heads.get(text[start:colon]) if colon > 0 else None
        if lines is None:
            lines, body = self._new_head(text, start)
        else:
            body = start if lines.keep_head else colon + 2
        event = lines.event(self.source, offset, time, text[body:])
        if event.event in _WRAPPERS:
            event = self._unwrapped(lines, event, text)
        self._previous = event
        return event

    def parse_journal(self, entry: Mapping[str, object], offset: int = 0) -> Event:
        """The event of one journal entry (``journalctl -o json``)."""
        return self._from_journal(entry_of(entry), offset)

    def _from_journal(self, entry: Entry, offset: int) -> Event:
        head = f"{entry.host}\0{entry.identifier}\0{entry.pid}"
        lines = self._heads.get(head)
        if lines is None:
            lines = self._remember(head, lines_of(named(entry.host, entry.identifier, entry.pid), entry.priority))
        event = lines.event(self.source, offset, entry.time, entry.message[:_LONGEST])
        return self._unwrapped(lines, event, "") if event.event in _WRAPPERS else event

    def _parse_long(self, text: str, offset: int) -> Event:
        event = self._parse_text(text[:_LONGEST], offset)
        return event._replace(text=event.text + masked(text[_LONGEST:]))

    def _new_head(self, text: str, start: int) -> tuple[Lines, int]:
        """Who logs in a way not seen before, and where the message begins."""
        split = split_rfc5424(text, start) if self._stamps.is_rfc5424 else None
        if split is None:
            own = own_log_lines(text, start)
            if own:
                return self._remember(own[0], own[1]), start
            split = split_head(text, start)
        if split is None:
            return lines_of(_NOBODY), start
        program, body = split
        lines = lines_of(program, self._stamps.priority)
        if text[body - 2 : body] == ": " and self._stamps.priority is None:
            self._remember(text[start : body - 2], lines)
        return lines, body

    def _remember(self, head: str, lines: Lines) -> Lines:
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[head] = lines
        return lines

    def _unwrapped(self, lines: Lines, event: Event, line: str) -> Event:
        """What stands in a repetition, behind a Solaris message ID or a container's stamp, or is counted."""
        text = event.text
        if solaris := _SOLARIS.match(text):
            return lines.event(event.source, event.offset, event.time, text[solaris.end() :])
        if repeated := _REPEATED.match(text):
            inner = lines.event(event.source, event.offset, event.time, repeated["text"])
            return inner._replace(fields={**inner.fields, "repeated": repeated["count"]}, text=text)
        if event.program:
            return self._handed_on(text, event) if event.event == OTHER else event
        if last := _LAST_REPEATED.match(text):
            return self._repetition(last["host"] or "", last["count"], event)
        return self._inside(line, event.offset) or event

    def _repetition(self, host: str, count: str, event: Event) -> Event:
        """``last message repeated N times``: named after the line it counts, if that was of the same host."""
        previous = self._previous
        if previous is None or (host and host != previous.host):
            return event._replace(event="repeated", host=host, fields={"count": count})
        original = previous.fields.get("event", "") if previous.event == "repeated" else previous.event
        return previous._replace(
            offset=event.offset, time=event.time, event="repeated", text=event.text,
            fields={"count": count, "event": original},
        )  # fmt: skip

    def _without_stamp(self, text: str, offset: int) -> Event:
        """A journal entry as JSON, or nothing known."""
        if text.startswith("{"):
            try:
                entry = json.loads(text)
            except (ValueError, RecursionError):
                entry = None
            if isinstance(entry, dict) and "MESSAGE" in entry and "__REALTIME_TIMESTAMP" in entry:
                return self.parse_journal(entry, offset)
        unparsed = Event(self.source, offset, None, "", "", "", "", "", None, "info", "", UNPARSED, {}, masked(text))
        return self._inside(text, offset) or unparsed

    def _handed_on(self, text: str, event: Event) -> Event:
        """What a container's whole line says that Docker handed to syslog or the journal as its own message."""
        inner = self._within(text, event.offset) if begins_with_stamp(text) else None
        return inner if inner is not None and inner.program else event

    def _inside(self, line: str, offset: int) -> Event | None:
        """The event of a line that a container's runtime wrote something before."""
        inner = inside(line)
        return self._within(inner, offset) if inner is not None else None

    def _within(self, inner: str, offset: int) -> Event | None:
        """The event of a line taken out of another; None where that was taken out itself."""
        if self._is_inside:
            return None
        self._is_inside = True
        try:
            return self._parse_text(inner, offset)
        finally:
            self._is_inside = False
