"""What the parser knows of one line: the panel beside the log."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from textual.content import Content

from mailtui.maillog.model import UNPARSED, Event
from mailtui.screens.words import MUTED
from mailtui.text import clean, iso

_ROW = re.compile(r"^\| (?P<names>`[^|]*) \| (?P<when>[^|]*) \|", re.MULTILINE)
_HEADING = re.compile(r"^## (?P<title>.*)$", re.MULTILINE)
_NAME = re.compile(r"`([^`]+)`")
LABEL = 12


def meaning(event: Event) -> str:
    """What the event's name stands for, as the list of events tells it."""
    meanings = _meanings().get(event.event, ())
    dovecot = event.program.startswith("dovecot")
    fitting = [text for heading, text in meanings if heading.startswith("Dovecot") == dovecot]
    return (fitting or [text for _, text in meanings] or [""])[0]


@cache
def _meanings() -> dict[str, list[tuple[str, str]]]:
    """Heading and meaning of every event name."""
    meanings: dict[str, list[tuple[str, str]]] = {}
    text = files("mailtui.maillog").joinpath("events.md").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    for heading, part in zip(parts[::2], parts[1::2], strict=True):
        for row in _ROW.finditer(part):
            for name in _NAME.findall(row["names"]):
                when = row["when"].replace("`", "").strip()
                meanings.setdefault(name, []).append((heading, when))
    return meanings


def fields_text(event: Event) -> Content:
    """Event and meaning, when and who, then its fields; the whole text where it has none."""
    rows = [Content.assemble((event.event, "bold $text-primary"), f"  {meaning(event)}")]
    if event.event != UNPARSED:
        rows.append(Content.styled(clean(_head(event)), MUTED))
    fields = event.fields or {"text": event.text}
    return Content("\n").join([*rows, *(_row(name, value or '""') for name, value in fields.items())])


def _head(event: Event) -> str:
    """When and who, in one line."""
    time = iso(event.time) if event.time is not None else ""
    pid = f"[{event.pid}]" if event.pid is not None else ""
    parts = (time, event.host, f"{event.program}{pid}", event.severity, event.queue_id)
    return "  ".join(part for part in parts if part)


def _row(name: str, value: str) -> Content:
    label = clean(name)
    return Content.assemble((f"{label:<{LABEL}} ", MUTED), clean(value))
