"""Dovecot's configuration as text: the tree of included files, where a setting stands, and new texts of them.

Syntax: doc.dovecot.org, "Configuration file syntax". The last assignment wins, so a setting that stands somewhere is
changed where it stands last, and a new one goes into a file of ours that is read after the others.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import HostError, UsageError
from mailtui.host.files import read_file
from mailtui.services.configuration.model import Setting
from mailtui.services.dovecot.config import DovecotConfig
from mailtui.text import clean

DROP_IN = "99-mailtui.conf"
_MAIN = Path("/etc/dovecot/dovecot.conf")
_DEEPEST = 20
_INCLUDE = re.compile(r"^\s*!include(_try)?\s+(\S.*?)\s*$")
_BLOCK = re.compile(r"^\s*([^#=\s][^#=]*?)\s*\{\s*(?:#.*)?$")
_CLOSE = re.compile(r"^\s*\}")
_ASSIGN = re.compile(r"^(\s*)([^#=\s{}][^=\s{}]*)(\s*=\s*)(.*)$")


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
        return "".join("" if _INCLUDE.match(place.text) else f"{place.text}\n" for place in self.lines)

    def places(self) -> dict[str, Place]:
        """Where each setting stands last, by its ``key``."""
        return {key(name): place for name, place, _ in self.assignments()}

    def assignments(self) -> Iterator[tuple[str, Place, str]]:
        """Every setting, named as in ``Setting``, where it stands and its value there, in the order of reading."""
        for place in self.lines:
            match = _ASSIGN.match(place.text)
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


def edited(sources: Sources, setting: Setting) -> Sources:
    """The configuration with one setting changed. Raises UsageError for a name or value that cannot be one."""
    *blocks, name = path_of(setting.name)
    if not name or "\n" in setting.name + (setting.value or "") or any(not block for block in blocks):
        raise UsageError(f"{clean(setting.name)} cannot be set so: a name and one line is what Dovecot takes")
    place = sources.find(setting.name)
    if place is not None:
        return sources.with_text(place.file, _replaced(sources.texts[place.file], place, setting.value))
    if setting.value is None:
        raise UsageError(f"{clean(setting.name)} is not set")
    neighbour = sources.last_in(tuple(blocks)) if blocks else None
    if neighbour is not None:
        text = _inserted(sources.texts[neighbour.file], neighbour, name, setting.value)
        return sources.with_text(neighbour.file, text)
    file = drop_in(sources)
    text = sources.texts.get(file, "# Written by mailtui; what is set here is set nowhere else.\n")
    return sources.with_text(file, text.rstrip("\n") + "\n" + block_text(blocks, name, setting.value))


def drop_in(sources: Sources) -> Path:
    """The file that takes new settings: one of a folder that is included whole, else the main file."""
    for place in sources.lines:
        match = _INCLUDE.match(place.text)
        if match and match[2].endswith("/*.conf") and not place.blocks:
            return _absolute(match[2], place.file).parent / DROP_IN
    return sources.main


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


def block_text(blocks: Sequence[str], name: str, value: str) -> str:
    """A setting with its blocks around it, as it is written."""
    opening = "".join(f"{'  ' * depth}{block} {{\n" for depth, block in enumerate(blocks))
    closing = "".join(f"{'  ' * depth}}}\n" for depth in reversed(range(len(blocks))))
    return f"{opening}{'  ' * len(blocks)}{name} = {value}\n{closing}"


def _inserted(text: str, place: Place, name: str, value: str) -> str:
    """One more setting behind another of the same block."""
    lines = text.split("\n")
    match = _ASSIGN.match(lines[place.line])
    assert match is not None
    lines.insert(_end_of(lines, place.line) + 1, f"{match[1]}{name} = {value}")
    return "\n".join(lines)


def _end_of(lines: Sequence[str], line: int) -> int:
    """The last physical line of a setting: one that ends in a backslash goes on."""
    while lines[line].endswith("\\") and line + 1 < len(lines):
        line += 1
    return line


def _replaced(text: str, place: Place, value: str | None) -> str:
    lines = text.split("\n")
    last = _end_of(lines, place.line)
    match = _ASSIGN.match(lines[place.line])
    assert match is not None
    lines[place.line : last + 1] = [] if value is None else [f"{match[1]}{match[2]}{match[3]}{value}"]
    return "\n".join(lines)


def _lines(file: Path, known: dict[Path, str], seen: dict[Path, str], blocks: list[str], depth: int) -> Iterator[Place]:
    if depth > _DEEPEST:
        raise HostError(f"{clean(str(file))}: files include each other")
    text = known.get(file)
    if text is None:
        text = read_file(file).data.decode("utf-8", "surrogateescape")
    seen[file] = text
    for number, line in enumerate(text.split("\n")):
        yield Place(file, number, line, tuple(blocks))
        include = _INCLUDE.match(line)
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
    absolute = str(_absolute(pattern, file))
    found = {Path(name) for name in glob.glob(absolute)}  # noqa: PTH207 - an absolute pattern
    planned = re.compile(_pattern(absolute))
    found |= {path for path in known if planned.fullmatch(str(path))}
    if not found and not may_lack and not glob.has_magic(absolute):
        raise HostError(f"{clean(str(file))} includes {clean(absolute)}, which is not there")
    return sorted(found)


def _pattern(pattern: str) -> str:
    """A regular expression for one level of a glob: ``*`` and ``?`` never match a slash."""
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(one, re.escape(one)) for one in pattern)


def _absolute(pattern: str, file: Path) -> Path:
    unquoted = pattern.strip('"')
    return Path(unquoted) if unquoted.startswith("/") else file.parent / unquoted
