"""Parameters with what is wrong about each, and which of them are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.filters import EVERYTHING, Filter
from mailtui.findings import Finding
from mailtui.services.configuration.listing import Parameter
from mailtui.services.configuration.service import Reading


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: a parameter, or what a finding is about that is none."""

    key: str
    name: str
    parameter: Parameter | None
    findings: tuple[Finding, ...] = ()

    @property
    def line(self) -> str:
        """As it would be written; where it is no parameter, a comment that tells what is wrong."""
        if self.parameter is not None:
            return f"{self.name} = {self.parameter.value}"
        return f"# {self.name}: {'; '.join(finding.title for finding in self.findings)}"

    @property
    def program(self) -> str:
        """Whose it is; ``""`` where only a finding tells of it."""
        return self.parameter.program if self.parameter else ""

    @property
    def fix(self) -> tuple[str, ...]:
        """The command that mends the first of its findings that one mends."""
        return next((one.fix for one in self.findings if one.fix), ())


@dataclass(frozen=True, slots=True)
class Shown:
    """What the operator wants to see."""

    where: Filter = EVERYTHING
    every: bool = False
    problems_only: bool = False

    def __call__(self, entries: tuple[Entry, ...]) -> list[Entry]:
        """Those to show, in their order."""
        return [one for one in entries if self._wants(one) and (not self.where or self.where.matches(_fields(one)))]

    def _wants(self, entry: Entry) -> bool:
        if self.problems_only:
            return bool(entry.findings)
        return self.every or bool(entry.findings) or entry.parameter is None or entry.parameter.written is not None


def entries(reading: Reading) -> tuple[Entry, ...]:
    """A row for each parameter; before them, one for what is wrong with something else."""
    by_subject: dict[str, list[Finding]] = {}
    for finding in reading.findings:
        by_subject.setdefault(finding.subject, []).append(finding)
    names = {one.name for one in reading.parameters}
    alone = [
        Entry(f"finding {name}", name, None, tuple(found)) for name, found in by_subject.items() if name not in names
    ]
    return (*alone, *_of_parameters(reading.parameters, by_subject))


def _of_parameters(parameters: tuple[Parameter, ...], by_subject: dict[str, list[Finding]]) -> Iterator[Entry]:
    for one in parameters:
        yield Entry(f"{one.program} {one.name}", one.name, one, tuple(by_subject.get(one.name, ())))


def _fields(entry: Entry) -> dict[str, str | tuple[str, ...]]:
    """What the filter language can ask of a row."""
    one, titles = entry.parameter, tuple(finding.title for finding in entry.findings)
    if one is None:
        return {"name": entry.name, "text": (entry.name, *titles)}
    return {
        "program": one.program,
        "name": one.name,
        "value": one.value,
        "default": one.default,
        "about": one.about,
        "file": one.place,
        "changed": "yes" if one.changed else "no",
        "text": (one.name, one.value, one.written or "", one.about, *titles),
    }
