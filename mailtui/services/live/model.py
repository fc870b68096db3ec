"""What the console shows of a log that is being written: frozen snapshots, cheap to compare."""

from __future__ import annotations

from dataclasses import dataclass

from mailtui.maillog.model import Incident

MINUTES = 24 * 60
"""How many minutes of rates a snapshot holds."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What ended in one minute, in recipients (deliveries) or lines (rejects)."""

    start: float
    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class SourceState:
    """How one log source does."""

    name: str
    """Its path, or ``journal``."""
    state: str
    """``reading following missing denied failed``."""
    problem: str = ""
    unlock: str = ""


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """The last day of the log as far as it has been read."""

    version: int
    """Grows whenever anything below changed."""
    now: float
    minutes: tuple[Minute, ...] = ()
    """The last 24 hours, oldest first, without gaps; the last one is still running."""
    incidents: tuple[Incident, ...] = ()
    sources: tuple[SourceState, ...] = ()
    lines: int = 0
    unparsed: int = 0
    complete_since: float | None = None
    """Everything since then is in; older lines may not have been read (yet)."""
    loading: bool = True
    """Older lines are still being read."""
    strange: int = 0
    """Lines that tell nothing of mail, with or without a header."""
