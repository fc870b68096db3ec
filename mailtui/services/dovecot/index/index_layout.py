"""What stands where in ``dovecot.index``: a header, the extensions' headers, a record of fixed size for each message.

By Dovecot's ``lib-index/mail-index.h`` (``struct mail_index_header``, version 7.3), the same in 2.2, 2.3 and 2.4;
numbers are little endian on every machine that is met today.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

MAJOR = 7
HEADER = struct.Struct("<BBHIIB3xIIIIIIIIIIIIIIIIII32x")
EXTENSION = struct.Struct("<IIHHHH")
RECORD = struct.Struct("<IB")
LITTLE_ENDIAN = 1
CORRUPTED = 1
_MOST_KEYWORDS = 4096
_LONGEST_KEYWORD = 256

ANSWERED, FLAGGED, DELETED, SEEN, DRAFT = 1, 2, 4, 8, 16
FLAGS = {ANSWERED: "\\Answered", FLAGGED: "\\Flagged", DELETED: "\\Deleted", SEEN: "\\Seen", DRAFT: "\\Draft"}


class IndexHeader(NamedTuple):
    """The header, in the order of the file."""

    major_version: int
    minor_version: int
    base_header_size: int
    header_size: int
    record_size: int
    compat_flags: int
    indexid: int
    flags: int
    uid_validity: int
    next_uid: int
    messages_count: int
    unused_recent_count: int
    seen_messages_count: int
    deleted_messages_count: int
    first_recent_uid: int
    first_unseen_uid_lowwater: int
    first_deleted_uid_lowwater: int
    log_file_seq: int
    log_file_tail_offset: int
    log_file_head_offset: int
    unused: int
    log2_rotate_time: int
    last_temp_file_scan: int
    day_stamp: int


@dataclass(frozen=True, slots=True)
class Extension:
    """A part of Dovecot that keeps something of its own in the index."""

    name: str
    offset: int
    """Of its header, bytes."""
    reset_id: int
    record_offset: int
    record_size: int
    record_align: int
    data: bytes
    """Its own header."""


@cache
def having(bit: int) -> bytes:
    """Every byte that has a bit set."""
    return bytes(value for value in range(256) if value & bit)


def keyword_names(data: bytes) -> list[str]:
    """Names out of the header of the extension ``keywords`` (Dovecot's ``mail-index-private.h``)."""
    if len(data) < 4:
        return []
    (count,) = struct.unpack_from("<I", data)
    names_at = 4 + 8 * count
    if names_at > len(data) or count > _MOST_KEYWORDS:
        return []
    names = []
    for number in range(count):
        (offset,) = struct.unpack_from("<I", data, 4 + 8 * number + 4)
        begin = names_at + offset
        names.append(data[begin : begin + _LONGEST_KEYWORD].partition(b"\0")[0].decode("utf-8", "replace"))
    return names
