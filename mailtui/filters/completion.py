"""What the operator may be about to type: field names, and the words of fields that have few."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from mailtui.filters.fields import KINDS, WORDS

_NAME = re.compile(r"(?:^|[\s(-])((?:each_)?[A-Za-z_][\w-]*)?$")
_VALUE = re.compile(r"(?:^|[\s(-])(?:each_)?([A-Za-z_][\w-]*)(?::|!?=|[<>]=?)([\w-]*)$")


class Completion(NamedTuple):
    """Replace the text from ``start`` to the cursor by one of ``candidates``."""

    start: int
    candidates: tuple[str, ...]


def complete(text: str, cursor: int | None = None, names: Iterable[str] = tuple(KINDS)) -> Completion:
    """Candidates for what stands before ``cursor``; none inside quotes."""
    before = text if cursor is None else text[:cursor]
    if before.count('"') % 2:
        return Completion(len(before), ())
    if match := _VALUE.search(before):
        words = WORDS.get(match[1], ())
        return Completion(match.start(2), _starting(match[2], words))
    if match := _NAME.search(before):
        typed = match[1] or ""
        each = "each_" if typed.startswith("each_") else ""
        return Completion(len(before) - len(typed), _starting(typed, (f"{each}{name}:" for name in names)))
    return Completion(len(before), ())


def _starting(prefix: str, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word.startswith(prefix)}))
