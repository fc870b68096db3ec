"""What is to be said of single lines of a table: beside the entries, and below the text while it is edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mailtui.findings import Finding, Severity
from mailtui.services.postfix.maps.flaws import Flaw
from mailtui.services.postfix.maps.telling import words
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong with one line."""

    line: int
    """Of the file, from 1."""
    severity: Severity
    text: str
    """Cleaned."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with a table."""

    findings: tuple[Finding, ...] = ()
    remarks: tuple[Remark, ...] = ()


def remarks_of(flaws: Iterable[Flaw]) -> tuple[Remark, ...]:
    """The flaws in words, in the order of their lines."""
    told = (
        Remark(flaw.entry.first + 1, row["severity"], clean(row["line"].format(detail=flaw.detail)))
        for flaw in flaws
        for row in (words()[flaw.kind],)
    )
    return tuple(sorted(told, key=lambda remark: remark.line))
