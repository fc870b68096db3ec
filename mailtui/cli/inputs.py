"""The lines of a log, compressed or not, in constant memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path

from mailtui.host.errors import MailtuiError, ToolMissing
from mailtui.maillog.scan import open_log

MAX_LINE = 16 * 1024 * 1024
"""A longer line is read in pieces, so that no file can fill the memory."""


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of ``path`` with their line ends; ``-`` is standard input."""
    try:
        with open_log(path) as stream:
            while line := stream.readline(MAX_LINE):
                yield line
    except FileNotFoundError as error:
        if error.errno:
            raise
        raise ToolMissing("zstd") from error
    except (EOFError, OSError, zlib.error, LZMAError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise MailtuiError(f"{path} is damaged: {error}") from error
