"""The parts of a filter. Each is a value, and ``str`` gives back text that parses to the same value."""

from __future__ import annotations

import re
from dataclasses import dataclass

WILDCARDS = frozenset("*?")
KEYWORDS = frozenset({"and", "or", "not"})
TERM_START = re.compile(r"(each_)?([A-Za-z_][\w-]*)(!=|!~|<=|>=|==|=~|[:=~<>])", re.ASCII)

_BARE = re.compile(r'[^\s()"]+')


@dataclass(frozen=True, slots=True)
class Word:
    """Text searched everywhere; with ``glob``, ``*`` and ``?`` are wildcards."""

    text: str
    glob: bool = False

    def __str__(self) -> str:
        plain = _BARE.fullmatch(self.text) and self.text[0] != "-" and self.text.lower() not in KEYWORDS
        ambiguous = TERM_START.match(self.text) or WILDCARDS & set(self.text)
        return self.text if self.glob or (plain and not ambiguous) else quote(self.text)


@dataclass(frozen=True, slots=True)
class Term:
    """One field compared with one value."""

    field: str
    operator: str
    value: str
    glob: bool = False
    each: bool = False

    def __str__(self) -> str:
        start = f"{'each_' if self.each else ''}{self.field}{self.operator}"
        return start + (self.value if self.glob or self._is_bare() else quote(self.value))

    def _is_bare(self) -> bool:
        value = self.value
        if not _BARE.fullmatch(value) or value[0] in "=~<:" or value.startswith("//"):
            return False
        return self.operator != ":" or not WILDCARDS & set(value)


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match ``part``."""

    part: Node

    def __str__(self) -> str:
        if isinstance(self.part, Word | Term):
            return f"-{self.part}"
        return f"not {self.part}" if isinstance(self.part, Not) else f"not ({self.part})"


@dataclass(frozen=True, slots=True)
class And:
    """What matches every part; no parts match everything."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """What matches at least one part."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Leaf = Word | Term
Node = Word | Term | Not | And | Or


def quote(text: str) -> str:
    """``text`` as the parser reads it back, whatever is in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
