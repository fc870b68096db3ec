"""What stands where in ``dovecot.index.log``: a header, then one record for each change since the index was written.

By Dovecot's ``lib-index/mail-transaction-log.h`` (version 1.3; 1.2 in Dovecot 2.2). A record's size is the last thing
written of it, with the top bit of all four bytes set: without them a writer is busy, or has died.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

MAJOR = 1
HEADER = struct.Struct("<BBHIIIIIQB3xI")
LEAST_HEADER = 24
HEADS = struct.Struct("<II")
HEAD = 8
WORD = 4
"""Bytes of which a record's size is always a multiple."""
COMMITTED = 0x80808080

EXPUNGE, EXPUNGE_GUID = 0x1 | 0xCD90, 0x2000 | 0xCD90
APPEND, FLAGS, HEADER_UPDATE = 0x2, 0x4, 0x20
EXT_INTRO, EXT_RESET, EXT_HEADER, EXT_RECORD = 0x40, 0x80, 0x100, 0x200
EXT_INCREASE, EXT_HEADER32 = 0x1000, 0x10000
KEYWORDS, KEYWORDS_RESET = 0x400, 0x800
EXTERNAL = 0x10000000
TYPE = 0x0FFFFFFF
TYPES = {
    EXPUNGE: "expunge",
    EXPUNGE_GUID: "expunge with GUID",
    APPEND: "append",
    FLAGS: "flags",
    HEADER_UPDATE: "header",
    EXT_INTRO: "extension intro",
    EXT_RESET: "extension reset",
    EXT_HEADER: "extension header",
    EXT_RECORD: "extension record",
    KEYWORDS: "keyword",
    KEYWORDS_RESET: "keyword reset",
    EXT_INCREASE: "extension atomic increase",
    0x8000: "modseq",
    EXT_HEADER32: "extension header (32 bit)",
    0x20000: "index deleted",
    0x40000: "index undeleted",
    0x80000: "boundary",
    0x100000: "attribute",
}


class LogHeader(NamedTuple):
    """The header, in the order of the file."""

    major_version: int
    minor_version: int
    hdr_size: int
    indexid: int
    file_seq: int
    prev_file_seq: int
    prev_file_offset: int
    create_stamp: int
    initial_modseq: int
    compat_flags: int
    unused: int


class LogRecord(NamedTuple):
    """One change."""

    offset: int
    size: int
    """With its own header of eight bytes."""
    type: int
    """A key of ``TYPES``, with the flags above taken off."""
    external: bool
    """Whether it has happened to the mailbox; an expunge that has not is but a wish."""


def decoded(raw: int) -> int:
    """The number in four bytes, the highest first, of seven bits each (``mail_index_offset_to_uint32``).

    ``raw`` is what the bytes are as a little-endian number.
    """
    return ((raw & 0x7F) << 21 | (raw >> 8 & 0x7F) << 14 | (raw >> 16 & 0x7F) << 7 | raw >> 24 & 0x7F) << 2
