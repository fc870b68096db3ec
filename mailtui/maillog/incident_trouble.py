"""Warnings and errors of Postfix and Dovecot that concern no single delivery: ``data/troubles.json``.

A row says what an event means; ``by`` names the fields that make another incident of it (a table, a service, a user),
``of`` those that are only counted (a client's address); incidents of a ``wide`` row become one where they are many.
Of several rows the first whose ``text`` fits counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from mailtui.maillog.data import table
from mailtui.maillog.incident_subject import Subject, identity, unlisted
from mailtui.maillog.model import Event

_NUMBERS = re.compile(r"\d+")
_ANY = "*"
"""The rows for whatever fails, looked at first."""
_SEVERE = frozenset({"warning", "error", "fatal", "panic"})


class Row:
    """What one kind of event means."""

    def __init__(self, event: str, row: Mapping[str, Any]) -> None:
        self.event = event
        self.text = re.compile(row.get("text", ""), re.IGNORECASE)
        self.cause: str = row["cause"]
        self.who: str = row["who"]
        self.severity: str = row["severity"]
        self.title: str = row["title"]
        self.action: str = row["action"]
        self.by: tuple[str, ...] = tuple(row.get("by", ()))
        self.of: tuple[str, ...] = tuple(row.get("of", ()))
        self.users: tuple[str, ...] = tuple(row.get("users", ()))
        self.is_wide: bool = row.get("wide", False)


def trouble_of(event: Event) -> tuple[Subject, str] | None:
    """What the event is about, and the user it concerns; None where nothing is wrong."""
    own, severe = rows().get(event.event, ()), event.severity in _SEVERE
    for row in (*rows()[_ANY], *own) if own or severe else ():
        if row.text.search(event.text):
            return _subject(row, event), _first(event, row.users)
    return (unlisted(event), "") if severe else None


@cache
def rows() -> dict[str, tuple[Row, ...]]:
    """The table."""
    return {name: tuple(Row(name, one) for one in found) for name, found in table("troubles").items()}


def _subject(row: Row, event: Event) -> Subject:
    parts = [event.fields[name] for name in row.by if event.fields.get(name)]
    severity = "error" if event.severity in ("fatal", "panic") else row.severity
    named = ", ".join(parts)[:100]
    name = identity(row.event, row.title, *(_NUMBERS.sub("#", part) for part in parts))
    if row.is_wide:
        return Subject(name, row.cause, row.who, row.action, severity, row.title, named, row.event)
    meaning = f"{row.title} ({named})" if named else row.title
    return Subject(name, row.cause, row.who, row.action, severity, meaning, _first(event, row.of))


def _first(event: Event, names: tuple[str, ...]) -> str:
    return next((event.fields[name] for name in names if event.fields.get(name)), "")
