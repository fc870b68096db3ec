"""A check, and what all of them together found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mailtui.findings import Finding

LIMIT = 12.0
"""Seconds without an answer of any check after which one is given up unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is looked at on this machine."""

    area: str
    """Of its findings; what ``--only`` names."""
    name: str
    """What is looked at, in a few words."""
    run: Callable[[], tuple[Finding, ...]]
    """May raise MailtuiError where it cannot look at all."""
    limit: float = LIMIT
    """Seconds in which no check ends after which nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A check that had no answer."""

    area: str
    name: str
    why: str
    unlock: str = ""
    refused: bool = False
    """Whether nothing is broken: a privilege or a program is not there."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of the checks found."""

    findings: tuple[Finding, ...]
    """The gravest first; of those, what a command mends."""
    checked: tuple[str, ...] = ()
    """Names of the checks that had an answer."""
    unchecked: tuple[Unchecked, ...] = ()
    seconds: float = 0.0
    areas: tuple[str, ...] = field(default=())
    """Those that were looked at."""
    time: float = 0.0
    """When it ended; 0 when something was changed since."""
