"""Finding the line again that an event was read from."""

from __future__ import annotations

from collections.abc import Sequence

from mailtui.maillog.model import LineRef
from mailtui.screens.log.lines import Lines
from mailtui.screens.log.paint import line_text
from mailtui.services.logs import LogLine
from mailtui.text import clean

LOOKED_AT = 20_000
"""Lines at the end that are looked at for a text when it does not stand where it stood."""


def line_of(lines: Lines, at: LineRef) -> int:
    """The line an event stood at; the journal's are found by their text."""
    number = lines.line_at(at.offset)
    if _holds(lines.read_lines(number, 1), at):
        return number
    for line in reversed(lines.read_lines(lines.end - LOOKED_AT, LOOKED_AT)):
        if _holds([line], at):
            return line.number
    return number


def _holds(lines: Sequence[LogLine], at: LineRef) -> bool:
    return any(clean(at.text) in line_text(line) for line in lines)
