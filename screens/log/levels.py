"""How much a line should worry an operator, and the tests that find lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailtui.filters import Filter, event_fields
from mailtui.maillog.model import UNPARSED, Event
from mailtui.screens.words import OUTCOME_SEVERITY

_SEVERITIES = {"warning": "warning", "error": "error", "fatal": "error", "panic": "error"}
_SIGNS = re.compile(rb"warning|error|fatal|panic|status=(?!sent)|reject|^<\d", re.MULTILINE)
"""What every line that is worth a stop holds, in lower case: most lines need not be typed to be passed over."""


def level(event: Event) -> str:
    """``error``, ``warning``, ``unknown`` for a line without a header, or ``""``."""
    if event.event == UNPARSED:
        return "unknown"
    logged = _SEVERITIES.get(event.severity, "")
    outcome = OUTCOME_SEVERITY.get(event.fields.get("status", ""), "") if event.event == "delivery" else ""
    if "error" in (logged, outcome):
        return "error"
    return "warning" if "warning" in (logged, outcome) or "reject" in event.event else ""


@dataclass(frozen=True, slots=True)
class LineTest:
    """What a line must be."""

    quick: Callable[[bytes], bool]
    """False for lower-cased bytes, of one line or of many, in which no line can pass."""
    accepts: Callable[[Event], bool]


def is_failure() -> LineTest:
    """Lines that tell of something gone wrong."""
    return LineTest(lambda data: _SIGNS.search(data) is not None, lambda event: level(event) in ("error", "warning"))


def has_queue_id(queue_id: str) -> LineTest:
    """Lines of one message."""
    needle = queue_id.encode("utf-8", "surrogateescape").lower()
    return LineTest(lambda data: needle in data, lambda event: event.queue_id == queue_id)


def has_text(text: str) -> LineTest:
    """Lines in which a text occurs, in any case."""
    needle = text.encode("utf-8", "surrogateescape").lower()
    return LineTest(lambda data: needle in data, lambda _event: True)


def passes(where: Filter) -> LineTest:
    """Lines that a filter lets through."""
    needles = tuple(literal.encode() for literal in where.literals())
    return LineTest(
        lambda data: all(needle in data for needle in needles), lambda event: where.matches(event_fields(event))
    )
