"""The shape of the queue as a table of numbers, and the filter behind each of them."""

from __future__ import annotations

import re

from textual.content import Content

from mailtui.filters.tree import quote
from mailtui.screens.queue.cells import short
from mailtui.screens.widgets import Column
from mailtui.screens.words import MUTED
from mailtui.services.postfix.queue.shape import BUCKETS, ShapeRow
from mailtui.text import human_size

GROUPINGS = (
    ("domain", "recipient_domain"),
    ("sender", "sender"),
    ("cause", "cause"),
    ("reason", "reason"),
    ("sasl_username", "sasl_username"),
    ("sender_domain", "sender_domain"),
    ("client", "client"),
    ("queue_name", "queue_name"),
)
"""What rows there can be, and the field of the filter language each is asked by."""
NONE = {"<>": '{}:""', "-": '{}:""', "not tried yet": "-reason~."}
"""How the shape names what is empty, and how a filter finds it."""
FOLDED = frozenset({"domain", "sender", "sender_domain"})
"""Groupings that take upper and lower case for the same."""
ALL = "total"
NUMBER = 4
TITLES = ("5m", "10m", "20m", "40m", "80m", "160m", "5h", "11h", "21h", "more")
"""Up to which age each column counts, as short as it is clear."""


def columns(by: str) -> tuple[Column, ...]:
    """The name, the total, one for each age; the rest where there is room."""
    ages = (Column(str(index), title, NUMBER, right=True) for index, title in enumerate(TITLES))
    return (
        Column("name", by.replace("_", " ").capitalize(), 4, grow=1),
        Column(ALL, "Total", 5, right=True),
        *ages,
        Column("size", "Size", 7, right=True, only_from=120),
        Column("oldest", "Oldest", 7, right=True, only_from=120),
    )


def cells(row: ShapeRow, now: float) -> tuple[Content, ...]:
    """What the columns say."""
    return (
        Content(row.name),
        Content.styled(_number(row.total), "bold"),
        *(Content.styled(_number(number) if number else "·", "" if number else MUTED) for number in row.counts),
        Content.styled(human_size(row.size).replace(" ", ""), MUTED),
        Content.styled(short(now - row.oldest) if row.total else "–", MUTED),
    )


def filter_of(by: str, row: str | None, column: str) -> str:
    """What a number counts; without a row, the whole column's."""
    terms = [] if row is None else [_named(by, row)]
    if column.isdecimal():
        index = int(column)
        terms += [f"age>={BUCKETS[index - 1]}m"] if index else []
        terms += [f"age<{BUCKETS[index]}m"] if index < len(BUCKETS) else []
    return " ".join(terms)


def _named(by: str, name: str) -> str:
    field = dict(GROUPINGS)[by]
    if name in NONE:
        return NONE[name].format(field)
    if by in FOLDED:
        return f"{field}~{quote(f'^{re.escape(name)}$')}"
    if by == "cause":  # what no rule knows is named by its reason
        return f"({field}={quote(name)} or reason={quote(name)})"
    return f"{field}={quote(name)}"


def _number(number: int) -> str:
    """At most four digits: ``12k``."""
    return str(number) if number < 10_000 else f"{number // 1000}k"
