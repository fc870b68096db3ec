"""The older files of a log, as logrotate(8), savelog(8) and ``postfix logrotate`` leave them, packed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mailtui.host.errors import HostError
from mailtui.host.tools import Tools
from mailtui.services.logs.access import open_log_file

MAX_LINE = 2**20
"""Bytes of a line that are handed on; the rest of a longer one is thrown away."""
_CHUNK = 2**18
_OLDER = re.compile(
    r"""(?: \.(?P<number>\d{1,4})                              # mail.log.1
          | [-.](?P<date>\d{4}-?\d\d-?\d\d(?:[-T_.]?\d+)*)     # mail.log-20260301, .20260301-120000
        )(?P<packing>\.(?:gz|bz2|xz|zst))?""",
    re.VERBOSE,
)
_UNPACKERS: dict[str, Callable[[IO[bytes]], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of a log's history."""

    path: Path
    packing: str
    """``gz bz2 xz zst`` or ``""``."""
    size: int
    modified: float
    """When its last line was written."""


def history(path: Path) -> tuple[LogFile, ...]:
    """The older files of the log at ``path``, oldest first, without the log itself."""
    found = []
    try:
        names = sorted(path.parent.iterdir())
    except OSError:
        return ()
    for sibling in names:
        match = _suffix(path, sibling)
        if match and sibling.is_file():
            there = sibling.stat()
            order = _order(match)
            packing = (match["packing"] or "").lstrip(".")
            found.append((order, LogFile(sibling, packing, there.st_size, there.st_mtime)))
    return tuple(file for _, file in sorted(found, key=lambda pair: pair[0]))


def _order(match: re.Match[str]) -> tuple[int, str]:
    """By number the oldest has the highest, by date the lowest; where both occur, the numbered ones are the past."""
    if match["number"]:
        return 0, f"{9999 - int(match['number']):04}"
    return 1, re.sub(r"\D", "", match["date"])


def _suffix(path: Path, sibling: Path) -> re.Match[str] | None:
    """What makes a file an older one of ``path``: behind its name, or amid it (logrotate's ``extension``)."""
    name, stem, extension = sibling.name, path.stem, path.suffix
    if name.startswith(path.name):
        return _OLDER.fullmatch(name[len(path.name) :])
    if extension and name.startswith(stem):
        inside = re.fullmatch(rf"(.+){re.escape(extension)}(\.\w+)?", name[len(stem) :])
        return _OLDER.fullmatch(inside[1] + (inside[2] or "")) if inside else None
    return None


def read_lines(path: Path, tools: Tools) -> Iterator[bytes]:
    """The lines of a log file, unpacked where it is packed, without their newlines.

    Raises PermissionDenied or HostError, from the iteration.
    """
    with os.fdopen(open_log_file(path), "rb") as file:
        if path.suffix == ".zst":
            yield from _unpacked_by_zstd(path, tools)
        else:
            unpack = _UNPACKERS.get(path.suffix)
            yield from _lines(path, unpack(file) if unpack else file)


def _unpacked_by_zstd(path: Path, tools: Tools) -> Iterator[bytes]:
    if tools.find("zstd") is None:
        raise HostError(f"{path} is packed with zstd, which is not installed", unlock="sudo apt install zstd")
    with tools.stream(["zstd", "--decompress", "--stdout", "--quiet", "--", str(path)]) as stream:
        yield from stream


def _lines(path: Path, file: IO[bytes]) -> Iterator[bytes]:
    try:
        rest = b""
        while chunk := file.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
            rest = rest[:MAX_LINE]
    except (EOFError, lzma.LZMAError, zlib.error, OSError) as error:
        raise HostError(f"{path} is damaged: {error}") from error
    if rest:
        yield rest
