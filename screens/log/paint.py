"""A log line in colours: how bad it is, and what the eye looks for in it.

Nothing of the line is markup, and nothing reaches the terminal that ``clean`` has not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual.content import Content, Span

from mailtui.maillog.model import NOQUEUE, Event
from mailtui.screens.log.levels import level
from mailtui.screens.words import MUTED, OUTCOME_SEVERITY, SEVERITY_MARK, SEVERITY_STYLE
from mailtui.services.logs import LogLine
from mailtui.text import clean, human_size

GUTTER = 3
"""Cells before the line: marker, severity, blank."""
_STAMP = re.compile(
    r"(?:<\d{1,3}>1? ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\d[T ][\d:.,+Z-]+) "
)
_ADDRESS = re.compile(r"[\w.+=#/-]{1,64}@[\w.-]{1,255}")
_STATUS = re.compile(r"\bstatus=(\w{1,20})")


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are to look."""

    stamps: bool = True
    search: str = ""
    """Text to point out, wherever it occurs."""


def line_text(line: LogLine) -> str:
    """The line as text that is safe to show."""
    text = clean(line.data.decode("utf-8", "surrogateescape"))
    rest = line.length - len(line.data)
    return f"{text} … {human_size(rest)} more" if rest > 0 else text


def painted(line: LogLine, event: Event, look: Look, *, marked: bool) -> Content:
    """The line behind its gutter."""
    text = line_text(line)
    stamp = _STAMP.match(text)
    if stamp and not look.stamps:
        text, stamp = text[stamp.end() :], None
    worry = level(event)
    gutter = f"{'◆' if marked else ' '}{SEVERITY_MARK[worry] if worry else ' '} "
    spans = [Span(0, 1, "bold $text-accent")] if marked else []
    style = SEVERITY_STYLE.get(worry, "")
    if style:
        spans += [Span(1, 2, style), Span(GUTTER + _message_at(text), GUTTER + len(text), style)]
    if stamp:
        spans.append(Span(GUTTER, GUTTER + stamp.end(), MUTED))
    spans += [Span(GUTTER + start, GUTTER + stop, style) for start, stop, style in _pieces(text, event, look)]
    return Content(gutter + text, spans)


def _message_at(text: str) -> int:
    """Where the program has said its name."""
    return text.find(": ", 0, 200) + 1


def _pieces(text: str, event: Event, look: Look) -> list[tuple[int, int, str]]:
    pieces = [(*match.span(), "$text-accent") for match in _ADDRESS.finditer(text)]
    for match in _STATUS.finditer(text):
        style = SEVERITY_STYLE.get(OUTCOME_SEVERITY.get(match[1], ""), "")
        pieces.append((*match.span(), style))
    if event.queue_id and event.queue_id != NOQUEUE:
        at = text.find(event.queue_id)
        if at >= 0:
            pieces.append((at, at + len(event.queue_id), "bold $text-primary"))
    if look.search:
        found = re.finditer(re.escape(clean(look.search)), text, re.IGNORECASE)
        pieces += [(*match.span(), "reverse") for match in found]
    return pieces
