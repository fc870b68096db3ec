"""Whether a lookup table can be opened at all, asked of the system alone.

postmap(1) writes into the mail log what it cannot open, at every question, and sleeps a second; it runs as the user
this does, so that what does not open here does not open there.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from mailtui.services.postfix.maps.formats import look_into
from mailtui.services.postfix.tables import COMPILED, file_of, kind_of, leaves

_KNOWN_BY_HEAD = frozenset({"hash", "btree", "lmdb"})


def why_not_opened(table: str) -> str:
    """Why Postfix's tools would find no table there, in their words; ``""`` where nothing speaks against asking.

    A table made of others opens where all of them do.
    """
    return next(filter(None, map(_why_not, leaves(table))), "")


def state_of(table: str) -> tuple[tuple[int, int, int], ...]:
    """The files behind a table as they are now: another value once one of them was written or built anew."""
    return tuple(map(_state, _files(table)))


def _why_not(table: str) -> str:
    file, kind = file_of(table), kind_of(table)
    if not file:
        return ""
    path = file + COMPILED.get(kind, "")
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY))
    except OSError as error:
        return _open(kind, path, error.errno or 0)
    if kind not in _KNOWN_BY_HEAD:
        return ""
    if not Path(path).is_file():
        return _open(kind, path, errno.EISDIR if Path(path).is_dir() else errno.EINVAL)
    index = look_into(Path(path))
    if index.kind != kind:
        return _open(kind, path, errno.EINVAL)
    return f"error reading {path}: {index.flaw}" if index.flaw else ""


def _open(kind: str, path: str, number: int) -> str:
    return f"open {'database ' if kind in COMPILED else ''}{path}: {os.strerror(number)}"


def _files(table: str) -> Iterator[str]:
    for leaf in leaves(table):
        if file := file_of(leaf):
            yield file
            if kind_of(leaf) in COMPILED:
                yield file + COMPILED[kind_of(leaf)]


def _state(path: str) -> tuple[int, int, int]:
    try:
        found = Path(path).stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)
