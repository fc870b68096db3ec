"""Where a log stands and whether it can be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class LogSource:
    """One place that mail programs log to."""

    name: str
    """Its path, or ``journal``; what events carry as ``source``."""
    kind: str
    """``file`` or ``journal``."""
    path: Path | None = None
    found_by: str = ""
    """What pointed at it: ``maillog_file``, ``log_path``, ``syslog``, ``--log``, …"""
    size: int = 0
    readable: bool = True
    problem: str = ""
    """Why it cannot be read."""
    unlock: str = ""
    """What would make it readable."""
    covered_by: str = ""
    """The source that holds the same lines, so that nothing is counted twice."""

    @property
    def wanted(self) -> bool:
        """Whether its lines are to be read: they can be, and stand nowhere else."""
        return self.readable and not self.covered_by


def file_source(path: Path, *, found_by: str = "") -> LogSource:
    """A log file that is taken to be readable."""
    return LogSource(str(path), "file", path, found_by)
