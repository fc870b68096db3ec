"""Warnings and errors of Postfix and Dovecot that concern no single delivery: ``data/troubles.json``.

A row says what its ``events`` mean; ``by`` names the fields that make another incident of it (a table, a service, a
user), ``of`` those that are only counted (a client's address); incidents of a ``wide`` row become one where they are
many. Of several rows of an event the first whose ``text`` fits counts. What none of them tells apart is told by its
family (``data/families.json``): what it says of the system, a message, a login or a service; those rows look at the
reason alone, which strangers and users' names are no part of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from mailtui.maillog.data import table
from mailtui.maillog.incident_subject import Subject, identity, unlisted
from mailtui.maillog.model import Event

_NUMBERS = re.compile(r"\d+")
_ANY = "*"
"""The rows for whatever fails, looked at first."""
_SEVERE = frozenset({"warning", "error", "fatal", "panic"})
_LONGEST = 2000
"""Characters that are looked at; a stranger may have made the rest of a longer line to keep a search busy."""


class Row:
    """What one kind of event means."""

    def __init__(self, event: str, row: Mapping[str, Any], *, in_reason: bool = False) -> None:
        self.event = event
        self.text: str = row.get("text", "")
        """What it looks for; nothing where it fits any text."""
        self.cause: str = row["cause"]
        self.who: str = row["who"]
        self.severity: str = row["severity"]
        self.title: str = row["title"]
        self.action: str = row["action"]
        self.by: tuple[str, ...] = tuple(row.get("by", ()))
        self.of: tuple[str, ...] = tuple(row.get("of", ()))
        self.users: tuple[str, ...] = tuple(row.get("users", ()))
        self.is_wide: bool = row.get("wide", False)
        self.services = frozenset(row.get("services", ()))
        """The daemons it is about; none for any."""
        self._in_reason = in_reason

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Compiled when a line comes that far."""
        return re.compile(self.text, 0 if self._in_reason else re.IGNORECASE)

    def fits(self, daemon: str, text: str, reason: str) -> bool:
        """Whether it tells of what this daemon says."""
        if self.services and daemon not in self.services:
            return False
        return self._pattern.search(reason if self._in_reason else text) is not None


def trouble_of(event: Event) -> tuple[Subject, str] | None:
    """What the event is about, and the user it concerns; None where nothing is wrong."""
    severe = event.severity in _SEVERE
    if severe or event.event in rows():
        program = "postfix" if event.instance else "dovecot"
        text, reason = event.text[:_LONGEST], event.fields.get("reason", event.text)[:_LONGEST]
        row = _row_for(event.event, program, event.daemon, text, reason)
        if row is not None:
            return _subject(row, event), _first(event, row.users)
    return (unlisted(event), "") if severe else None


@lru_cache(maxsize=1024)
def _row_for(event: str, program: str, daemon: str, text: str, reason: str) -> Row | None:
    return next((row for row in _tried(event, program) if row.fits(daemon, text, reason)), None)


@cache
def rows() -> dict[str, tuple[Row, ...]]:
    """The table by event; a row may be of several."""
    found: dict[str, list[Row]] = {}
    for one in table("troubles"):
        for event in one["events"]:
            found.setdefault(event, []).append(Row(event, one))
    return {event: tuple(own) for event, own in found.items()}


@cache
def _tried(event: str, program: str) -> tuple[Row, ...]:
    """The rows for an event, as they are tried: the one that fits any text comes last."""
    own = rows().get(event, ())
    told = tuple(row for row in own if row.text)
    of_families = (family.rows for family in _families() if event in family.events and family.program in ("", program))
    return (*rows()[_ANY], *told, *chain.from_iterable(of_families), *own[len(told) :])


class _Family(NamedTuple):
    """Rows for what several events say alike."""

    program: str
    """``postfix``, ``dovecot``, or any."""
    events: frozenset[str]
    rows: tuple[Row, ...]


@cache
def _families() -> tuple[_Family, ...]:
    return tuple(
        _Family(
            one["program"],
            frozenset(one["events"]),
            tuple(Row(one["name"], row, in_reason=True) for row in one["rows"]),
        )
        for one in table("families")
    )


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
