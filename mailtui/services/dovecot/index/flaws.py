"""What is wrong inside of one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that does not hold."""

    kind: str
    """A key of ``damages.json``."""
    says: str
    """What was read, and what would be right. Made of numbers and of names that are cleaned."""
    offset: int = 0
    """Where in the file, bytes."""
