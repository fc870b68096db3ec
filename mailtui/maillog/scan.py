"""Log files as blocks of whole lines: plain files in parts, so that several processes share one; compressed ones whole.

``-`` is standard input. Compression is told by the first bytes, not by the name.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import subprocess
import sys
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 16
"""Bytes read at once: small enough that a block's lines are still in the processor's cache when they are read."""

_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_UNPACKERS: dict[bytes, Callable[[IO[bytes]], Any]] = {_GZIP: gzip.open, _BZIP2: bz2.open, _XZ: lzma.open}
_HANDING_OVER = 0.02
"""By so much the first share is larger: the processes that read the others must hand over what they found."""

_SMALL = 4 << 20
"""Below this a second process costs more than it saves."""


class DamagedLog(ValueError):
    """A compressed log that cannot be unpacked to its end."""

    def __init__(self, path: Path, error: object) -> None:
        super().__init__(path, error)
        self.path, self.error = path, error

    def __str__(self) -> str:
        return f"{self.path} is damaged: {self.error}"


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole lines of a file: bytes ``start`` to ``end``; a stream that cannot be divided has no ``end``."""

    path: Path
    start: int = 0
    end: int | None = None


def divide(paths: Sequence[Path], shares: int) -> list[list[Part]]:
    """The files, in order, as at most ``shares`` runs of about the same number of bytes."""
    sizes = [_weight(path) for path in paths]
    total = sum(sizes)
    if shares < 2 or not total or total < _SMALL:
        return [[Part(path) for path in paths]] if paths else []
    first = int(total * (1 + _HANDING_OVER) / shares)
    bounds = [first + (total - first) * number // (shares - 1) for number in range(shares - 1)]
    runs: list[list[Part]] = [[] for _ in range(shares)]
    done = 0
    for path, size in zip(paths, sizes, strict=True):
        begins, ends = bisect_right(bounds, done), bisect_right(bounds, done + max(size - 1, 0))
        cuts = [bound - done for bound in bounds[begins:ends]]
        if not cuts or is_compressed(path):
            runs[begins].append(Part(path))
        else:
            for share, part in enumerate(_cut(path, cuts), start=begins):
                runs[share].append(part)
        done += size
    return [run for run in runs if run]


def _cut(path: Path, cuts: Sequence[int]) -> Iterator[Part]:
    """The file divided after the first line end at or after each of ``cuts``."""
    start = 0
    with path.open("rb") as log:
        for cut in cuts:
            log.seek(max(cut, start))
            log.readline()
            yield Part(path, start, log.tell())
            start = log.tell()
    yield Part(path, start, None)


def _weight(path: Path) -> int:
    if str(path) == "-":
        return 0
    size = path.stat().st_size
    return size * 10 if is_compressed(path) else size


def is_compressed(path: Path) -> bool:
    """Does the file begin like a compressed one?"""
    if str(path) == "-":
        return False
    with path.open("rb") as log:
        return log.read(6).startswith((_GZIP, _BZIP2, _XZ, _ZSTD))


def blocks(part: Part) -> Iterator[str]:
    """Whole lines of ``part``, joined by line ends, without the last one's."""
    left = None if part.end is None else part.end - part.start
    try:
        with open_log(part.path) as log:
            if part.start:
                log.seek(part.start)
            yield from _blocks(log, left)
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise DamagedLog(part.path, error) from error
    except OSError as error:
        if error.errno or isinstance(error, FileNotFoundError):
            raise
        raise DamagedLog(part.path, error) from error


def _blocks(log: IO[bytes], left: int | None) -> Iterator[str]:
    begun: list[bytes] = []
    while block := log.read(BLOCK if left is None else min(BLOCK, left)):
        left = None if left is None else left - len(block)
        end = block.rfind(b"\n")
        if end < 0:
            begun.append(block)
            continue
        begun.append(block[:end])
        yield _decode(b"".join(begun))
        begun = [block[end + 1 :]] if end + 1 < len(block) else []
    if begun:
        yield _decode(b"".join(begun))


def _decode(block: bytes) -> str:
    return block.decode("utf-8", "surrogateescape")


@contextmanager
def open_log(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a log, uncompressed."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as log:
        start = log.read(6)
        log.seek(0)
        if start.startswith(_ZSTD):
            with _zstd(log) as stream:
                yield stream
        elif unpack := next((opener for magic, opener in _UNPACKERS.items() if start.startswith(magic)), None):
            with unpack(log) as stream:
                yield stream
        else:
            yield log


@contextmanager
def _zstd(log: IO[bytes]) -> Iterator[IO[bytes]]:
    """Through zstd(1): the standard library reads this form only from Python 3.14 on."""
    zstd = shutil.which("zstd")
    if zstd is None:
        raise FileNotFoundError("zstd is not installed: it is needed to read .zst files")
    os.lseek(log.fileno(), 0, os.SEEK_SET)  # seek(0) of a buffered reader may leave the descriptor where it was
    with subprocess.Popen([zstd, "-dcq"], stdin=log, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield process.stdout
        if not process.stdout.read(1) and process.wait() != 0:
            raise EOFError("zstd found an error in it")
