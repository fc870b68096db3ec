"""What the operator already knows of: findings acknowledged, or silenced for a time, and what the last look saw.

Kept in one file of the state folder, for this user alone. An acknowledged finding comes back when it gets worse or when
its evidence changes in kind: its severity and title are part of what was acknowledged.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from mailtui.changes.private import make_private
from mailtui.findings import Finding
from mailtui.host.errors import HostError, UsageError
from mailtui.host.files import read_file
from mailtui.host.presence import put
from mailtui.text import clean

FILE = "findings.json"
_LARGEST = 8 * 2**20

News = Literal["new", "changed", "known"]


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that somebody has taken note of."""

    severity: str
    title: str
    who: str
    since: float
    until: float | None = None
    """When it is shown again; None for as long as it stays what it is."""
    note: str = ""

    def covers(self, finding: Finding, now: float) -> bool:
        """Whether the finding is still the one that was noted."""
        return (finding.severity, finding.title) == (self.severity, self.title) and (
            self.until is None or now < self.until
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What the file holds."""

    known: Mapping[str, Known]
    """By a finding's id."""
    seen: Mapping[str, str]
    """Severity and title of each finding of the last look, by its id."""
    looked: float = 0.0
    """When that was."""


class Attention:
    """The file. Raises HostError, PermissionDenied where it cannot be read or written."""

    def __init__(self, state: Path, who: str) -> None:
        self._path = state / FILE
        self._who = who

    def memory(self) -> Memory:
        """What is known; nothing where there is no file yet. A file that is not ours to read in raises HostError."""
        if not self._path.exists():
            return Memory({}, {})
        try:
            told: dict[str, Any] = json.loads(read_file(self._path, limit=_LARGEST, follow=False).data)
            known = {name: Known(**one) for name, one in told["known"].items()}
            return Memory(known, dict(told["seen"]), float(told["looked"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise HostError(
                f"{self._path} is not what mailtui wrote", unlock=f"look at it, then remove it: {error}"
            ) from error

    def acknowledge(self, finding: Finding, *, until: float | None = None, note: str = "") -> None:
        """Take note of a finding, for good or until a time."""
        memory = self.memory()
        one = Known(finding.severity, finding.title, self._who, time.time(), until, clean(note))
        self._write(Memory({**memory.known, finding.id: one}, memory.seen, memory.looked))

    def forget(self, finding_id: str) -> None:
        """Show it again. Raises UsageError where nobody has noted it."""
        memory = self.memory()
        if finding_id not in memory.known:
            raise UsageError(f"{clean(finding_id)} is not acknowledged", unlock="mailtui check --all shows what is")
        known = {name: one for name, one in memory.known.items() if name != finding_id}
        self._write(Memory(known, memory.seen, memory.looked))

    def look(self, findings: Sequence[Finding], areas: Sequence[str]) -> None:
        """Remember this look: what was found in these areas; what the last look saw in others stays."""
        memory = self.memory()
        now = time.time()
        others = {name: what for name, what in memory.seen.items() if name.partition("\t")[0] not in areas}
        seen = {_key(finding): _mark(finding) for finding in findings}
        known = {name: one for name, one in memory.known.items() if one.until is None or one.until > now}
        self._write(Memory(known, {**others, **seen}, now))

    def _write(self, memory: Memory) -> None:
        told = {
            "known": {name: asdict(one) for name, one in memory.known.items()},
            "seen": dict(memory.seen),
            "looked": memory.looked,
        }
        make_private(self._path.parent)
        put(self._path, json.dumps(told, ensure_ascii=True, indent=1).encode(), mode=0o600)


def news(memory: Memory, finding: Finding) -> News:
    """What the last look knew of this finding."""
    was = memory.seen.get(_key(finding))
    if was is None:
        return "new"
    return "known" if was == _mark(finding) else "changed"


def gone(memory: Memory, findings: Sequence[Finding], areas: Sequence[str]) -> tuple[str, ...]:
    """Titles of what the last look saw in these areas and this one does not."""
    there = {_key(finding) for finding in findings}
    return tuple(
        what.partition(" ")[2]
        for name, what in memory.seen.items()
        if name not in there and name.partition("\t")[0] in areas
    )


def _key(finding: Finding) -> str:
    return f"{finding.area}\t{finding.id}"


def _mark(finding: Finding) -> str:
    return f"{finding.severity} {finding.subject}: {finding.title}"
