"""Dovecot's configuration as text: the tree of included files, and where a setting stands in it.

Syntax: doc.dovecot.org, "Configuration file syntax".
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError
from mailtui.host.files import read_file
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.text import clean

INCLUDE = re.compile(r"^\s*!include(_try)?\s+(\S.*?)\s*$")
"""Whether the file may lack, and the file."""
ASSIGN = re.compile(r"^(\s*)([^#=\s{}][^=\s{}]*)(\s*=\s*)(.*)$")
"""Indentation, name, sign and value."""
_MAIN = Path("/etc/dovecot/dovecot.conf")
_DEEPEST = 20
_BLOCK = re.compile(r"^\s*([^#=\s][^#=]*?)\s*\{\s*(?:#.*)?$")
_CLOSE = re.compile(r"^\s*\}")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the configuration, and the blocks it stands in."""

    file: Path
    line: int
    """Counted from 0."""
    text: str
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """The main file and all it includes."""

    main: Path
    texts: dict[Path, str]
    """By file, in the order they are first read."""
    lines: tuple[Place, ...]
    """As Dovecot reads them: an included file's where it is included."""

    def flat(self) -> str:
        """One text that says the same, fit to be tested elsewhere."""
        return "".join("" if INCLUDE.match(place.text) else f"{place.text}\n" for place in self.lines)

    def places(self) -> dict[str, Place]:
        """Where each setting stands last, by its ``key``."""
        return {key(name): place for name, place, _ in self.assignments()}

    def assignments(self) -> Iterator[tuple[str, Place, str]]:
        """Every setting, named as in ``Setting``, where it stands and its value there, in the order of reading."""
        for place in self.lines:
            match = ASSIGN.match(place.text)
            if match:
                yield " { ".join([*place.blocks, match[2]]), place, match[4].strip()

    def find(self, name: str) -> Place | None:
        """Where a setting stands last; None where nowhere."""
        return self.places().get(key(name))

    def last_in(self, blocks: tuple[str, ...]) -> Place | None:
        """Where the last setting of these blocks stands; None where there is no such block."""
        found = (place for _, place, _ in reversed(tuple(self.assignments())) if place.blocks == blocks)
        return next(found, None)

    def with_text(self, file: Path, text: str) -> Sources:
        """The same with another text of one file."""
        return read_sources(self.main, {**self.texts, file: text})


def main_file(dovecot: DovecotConfig) -> Path:
    """The file Dovecot begins to read with."""
    return Path(dovecot.where[1]) if dovecot.where else _MAIN


def read_sources(main: Path, texts: dict[Path, str] | None = None) -> Sources:
    """Read all files, those of ``texts`` as given there. Raises PermissionDenied, HostError for one that cannot be."""
    known = dict(texts or {})
    seen: dict[Path, str] = {}
    lines = tuple(_lines(main, known, seen, [], 0))
    return Sources(main, seen, lines)


def path_of(name: str) -> tuple[str, ...]:
    """The blocks a setting stands in, and its own name."""
    return tuple(" ".join(part.split()) for part in name.split("{"))


def key(name: str) -> str:
    """What a setting is known by, however it is written: since 2.4 ``ssl_server { cert_file`` is
    ``ssl_server_cert_file``, and doveconf prints it in blocks.
    """
    parts = path_of(name)
    joined = "".join(f"{part} {{ " if " " in part else f"{part}_" for part in parts[:-1])
    return joined + parts[-1]


def _lines(file: Path, known: dict[Path, str], seen: dict[Path, str], blocks: list[str], depth: int) -> Iterator[Place]:
    if depth > _DEEPEST:
        raise HostError(f"{clean(str(file))}: files include each other", unlock="take the !include out that leads back")
    text = known.get(file)
    if text is None:
        text = read_file(file).data.decode("utf-8", "surrogateescape")
    seen[file] = text
    for number, line in enumerate(text.split("\n")):
        yield Place(file, number, line, tuple(blocks))
        include = INCLUDE.match(line)
        if include is None:
            _follow(line, blocks)
            continue
        for found in _included(include[2], include[1] is not None, file, known):
            yield from _lines(found, known, seen, blocks, depth + 1)


def _follow(line: str, blocks: list[str]) -> None:
    opened = _BLOCK.match(line)
    if opened:
        blocks.append(" ".join(opened[1].split()))
    elif _CLOSE.match(line) and blocks:
        blocks.pop()


def _included(pattern: str, may_lack: bool, file: Path, known: dict[Path, str]) -> list[Path]:
    """The files a line includes, in the order of their names, those that are only planned among them."""
    absolute = str(included_path(pattern, file))
    found = {Path(name) for name in glob.glob(absolute)}  # noqa: PTH207 - an absolute pattern
    planned = re.compile(_pattern(absolute))
    found |= {path for path in known if planned.fullmatch(str(path))}
    if not found and not may_lack and not glob.has_magic(absolute):
        raise HostError(
            f"{clean(str(file))} includes {clean(absolute)}, which is not there",
            unlock=f"put {clean(absolute)} back, from a backup or from its package's, then try again",
        )
    return sorted(found)


def _pattern(pattern: str) -> str:
    """A regular expression for one level of a glob: ``*`` and ``?`` never match a slash."""
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(one, re.escape(one)) for one in pattern)


def included_path(pattern: str, file: Path) -> Path:
    """What an ``!include`` in a file means, which may be a pattern."""
    unquoted = pattern.strip('"')
    return Path(unquoted) if unquoted.startswith("/") else file.parent / unquoted
