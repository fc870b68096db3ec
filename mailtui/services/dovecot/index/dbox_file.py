"""``u.N`` of sdbox and ``m.N`` of mdbox: a line about the file, then messages, each behind a header of its own.

The layout is that of Dovecot's src/lib-storage/index/dbox-common/dbox-file.h, version 2. Only headers are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FILE_HEADER_SIZE = 64
"""Bytes in which the file's header ends; Dovecot's own are 16 long."""
_FILE_HEADER = re.compile(rb"2 M([0-9a-f]{1,8}) C[0-9a-f]{1,16}(?: [^\n]*)?\n", re.IGNORECASE)
_MESSAGE_HEADER = re.compile(rb"\x01\x02N.{10}([0-9a-f]{16})", re.IGNORECASE | re.DOTALL)
"""Magic, and where its size stands in hexadecimal."""
_LEAST_HEADER, _LARGEST_HEADER = 30, 4096
METADATA = b"\n\x01\x03\n"
"""What follows a message: the beginning of what Dovecot knows of it (``DBOX_MAGIC_POST``)."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """The first line."""

    end: int
    """Where the first message begins, bytes."""
    message_header_size: int
    """Bytes of the header of each message."""


def file_header(data: bytes) -> FileHeader | None:
    """The header of a file that begins with ``data``; None where it is none of version 2."""
    found = _FILE_HEADER.match(data)
    if found is None or not _LEAST_HEADER <= int(found[1], 16) <= _LARGEST_HEADER:
        return None
    return FileHeader(found.end(), int(found[1], 16))


def message_size(header: bytes) -> int | None:
    """Bytes of the message behind this header; None where it is none."""
    found = _MESSAGE_HEADER.match(header)
    return int(found[1], 16) if found else None
