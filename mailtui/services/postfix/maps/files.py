"""The files of a table: source and compiled index, their age, and who may read them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from mailtui.services.postfix.maps.text import Format
from mailtui.services.postfix.maps.used import Table

_FORMATS: dict[str, Format] = {"regexp": "regexp", "pcre": "regexp", "cidr": "cidr"}
_SQL = frozenset({"ldap", "mysql", "pgsql", "sqlite", "mongodb", "memcache"})
EDITED = frozenset({"hash", "btree", "lmdb", "cdb", "dbm", "sdbm", "texthash", "regexp", "pcre", "cidr"})
"""The types whose entries stand in a text file."""


@dataclass(frozen=True, slots=True)
class TableFiles:
    """What lies on disk for a table. Times are seconds since the epoch, None where there is no such file."""

    source_time: float | None = None
    index_time: float | None = None
    mode: int | None = None
    owner: int | None = None
    group: int | None = None
    size: int = 0
    """Bytes of the source."""
    problem: str = ""
    """Why nothing could be read."""

    @property
    def stale(self) -> bool:
        """Whether the index is older than its source, as Postfix warns of too."""
        return self.source_time is not None and self.index_time is not None and self.index_time < self.source_time


def look(table: Table) -> TableFiles:
    """What there is now."""
    if table.file is None:
        return TableFiles()
    try:
        source = table.file.stat()
    except OSError as error:
        return TableFiles(index_time=_time(table.index), problem=f"{table.file}: {os.strerror(error.errno or 0)}")
    mode = stat.S_IMODE(source.st_mode)
    return TableFiles(source.st_mtime, _time(table.index), mode, source.st_uid, source.st_gid, source.st_size)


def format_of(table: Table) -> Format:
    """How the source text of a table is to be read."""
    return "aliases" if table.is_aliases else _FORMATS.get(table.kind, "postmap")


def is_source(table: Table) -> bool:
    """Whether the entries stand elsewhere, in a directory or a database that Postfix asks."""
    return table.kind in _SQL


def _time(path: Path | None) -> float | None:
    try:
        return path.stat().st_mtime if path else None
    except OSError:
        return None
