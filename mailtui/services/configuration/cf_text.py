"""main.cf and master.cf as text: which logical line stands where, as Postfix reads them (postconf(5), master(5)).

A line that begins with white space continues the logical line before it, also across comments and empty lines, which
are skipped wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A physical line of the file."""

    number: int
    """Counted from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical line: the one it begins with, and those that continue it."""

    lines: tuple[Line, ...]

    @property
    def number(self) -> int:
        """Where it begins."""
        return self.lines[0].number

    @property
    def text(self) -> str:
        """All of it in one line."""
        return "".join(line.text for line in self.lines)

    @property
    def name(self) -> str:
        """What it gives a value to."""
        return self.text.partition("=")[0].strip()

    @property
    def value(self) -> str:
        """The value, as it is written."""
        return self.text.partition("=")[2].strip()

    def line_of(self, name: str) -> int:
        """The number of the first physical line that names a parameter; where it begins if none does."""
        for line in self.lines:
            if name in line.text.replace("=", " ").replace(",", " ").split():
                return line.number
        return self.number


def logical_lines(text: str) -> Iterator[Logical]:
    """The logical lines of a file, in order."""
    held: list[Line] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            if held:
                yield Logical(tuple(held))
            held = []
        held.append(Line(number, line))
    if held:
        yield Logical(tuple(held))
