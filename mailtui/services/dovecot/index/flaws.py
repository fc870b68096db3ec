"""What is wrong inside of one file."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.services.dovecot.index.reading import Raw


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that does not hold."""

    kind: str
    """A key of ``damages.json``."""
    says: str
    """What was read, and what would be right. Made of numbers and of names that are cleaned."""
    offset: int = 0
    """Where in the file, bytes."""


def in_the_way(raw: Raw) -> Flaw:
    """What keeps a file from being read: something else of its name, or its rights."""
    if raw.denied:
        return Flaw("denied", raw.instead)
    return Flaw("misplaced" if raw.no_file else "io", raw.instead)
