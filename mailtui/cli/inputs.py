"""The lines of the logs a command reads: files given or found, compressed or not, standard input."""

from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from lzma import LZMAError
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from mailtui.host.errors import MailtuiError

if TYPE_CHECKING:
    from mailtui.cli.context import Context
    from mailtui.host.stream import Stream

MAX_LINE = 16 * 1024 * 1024
"""A longer line is read in pieces, so that no file can fill the memory."""


def is_stdin(path: Path) -> bool:
    """Whether ``FILE`` was ``-``."""
    return os.fspath(path) == "-"


def _gzip(path: Path) -> IO[bytes]:
    import gzip

    return cast(IO[bytes], gzip.open(path))


def _bzip2(path: Path) -> IO[bytes]:
    import bz2

    return bz2.open(path)


def _xz(path: Path) -> IO[bytes]:
    import lzma

    return lzma.open(path)


_OPENERS: dict[str, Callable[[Path], IO[bytes]]] = {".gz": _gzip, ".bz2": _bzip2, ".xz": _xz}


def read_lines(context: Context, path: Path) -> Iterator[bytes]:
    """The lines of ``path`` with their line ends; ``-`` is standard input."""
    if path.suffix == ".zst":
        with _zstd(context, path) as lines:
            yield from (line + b"\n" for line in lines)
        return
    with _open(path) as stream:
        try:
            while line := stream.readline(MAX_LINE):
                yield line
        except (EOFError, OSError, zlib.error, LZMAError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise MailtuiError(f"{path} is damaged: {error}") from error


def _open(path: Path) -> IO[bytes]:
    if is_stdin(path):
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    return _OPENERS.get(path.suffix, _plain)(path)


def _plain(path: Path) -> IO[bytes]:
    return io.BufferedReader(io.FileIO(path), 1 << 20)


def _zstd(context: Context, path: Path) -> AbstractContextManager[Stream]:
    return context.tools.stream(["zstd", "-dc", "--", os.fspath(path)])
