"""Index files made by hand, as Dovecot writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

INDEXID = 1_795_228_100
HEADER_SIZE = 40


def index(
    messages: Sequence[tuple[int, int]] = ((1, 8), (2, 0), (5, 12)),
    *,
    head: int = HEADER_SIZE,
    sequence: int = 1,
    keywords: Sequence[str] = (),
    indexid: int = INDEXID,
    uidvalidity: int = 4711,
) -> bytes:
    """``dovecot.index`` with these UIDs and flags; each message has every keyword."""
    extension = b""
    if keywords:
        names = b"".join(name.encode() + b"\0" for name in keywords)
        places, at = b"", 0
        for name in keywords:
            places += struct.pack("<II", 0, at)
            at += len(name) + 1
        data = struct.pack("<I", len(keywords)) + places + names
        extension = _padded(struct.pack("<IIHHHH", len(data), 0, 5, 1, 1, 8) + b"keywords") + _padded(data)
    size = 8
    seen = sum(bool(flags & 8) for _, flags in messages)
    deleted = sum(bool(flags & 4) for _, flags in messages)
    following = max((uid for uid, _ in messages), default=0) + 1
    header = struct.pack(
        "<BBHIIB3xIIIIIIIIIIIIIIIIII32x",
        *(7, 3, 120, 120 + len(extension), size, 1, indexid, 0, uidvalidity, following, len(messages), 0),
        *(seen, deleted, 1, 1, 1, sequence, head, head, 0, 0, 0, 0),
    )
    bits = bytes([2 ** len(keywords) - 1])
    records = b"".join(struct.pack("<IB", uid, flags) + bits + bytes(2) for uid, flags in messages)
    return header + extension + records


def log(*records: bytes, sequence: int = 1, previous: tuple[int, int] = (0, 0), indexid: int = INDEXID) -> bytes:
    """``dovecot.index.log`` with these records."""
    header = struct.pack("<BBHIIIIIQB3xI", 1, 3, HEADER_SIZE, indexid, sequence, *previous, 0, 1, 1, 0)
    return header + b"".join(records)


def record(kind: int, body: bytes) -> bytes:
    """One change."""
    size = len(body) + 8
    raw = size >> 2
    encoded = bytes(0x80 | raw >> shift & 0x7F for shift in (21, 14, 7, 0))
    return encoded + struct.pack("<I", kind) + body


def appended(*messages: tuple[int, int]) -> bytes:
    """New messages, UID and flags."""
    return record(0x2, b"".join(struct.pack("<IB3x", uid, flags) for uid, flags in messages))


def expunged(first: int, last: int, *, external: bool = True) -> bytes:
    """Messages that are gone, or that somebody wants to be."""
    return record(0xCD91 | (0x10000000 if external else 0), struct.pack("<II", first, last))


def flagged(first: int, last: int, add: int, remove: int) -> bytes:
    """Flags added and taken off."""
    return record(0x4, struct.pack("<IIBBBB", first, last, add, remove, 0, 0))


def keyword(name: str, first: int, last: int, modify: int = 0) -> bytes:
    """A keyword added (0), removed (1) or made the only one (2)."""
    text = name.encode()
    head = struct.pack("<BBH", modify, 0, len(text)) + text.ljust(len(text) + 3 & ~3, b"\0")
    return record(0x400, head + struct.pack("<II", first, last))


def header_update(offset: int, value: int) -> bytes:
    """A field of the index header."""
    return record(0x20, struct.pack("<HHI", offset, 4, value))


def cache(*, indexid: int = INDEXID, sequence: int = 1) -> bytes:
    """``dovecot.index.cache`` with one field."""
    fields = struct.pack("<III", 0, 0, 1) + struct.pack("<II", 9, 0xFFFFFFFF) + bytes([1, 1]) + b"hdr.subject\0"
    fields = fields[:4] + struct.pack("<I", len(fields)) + fields[8:]
    at = 32 >> 2
    offset = bytes(0x80 | at >> shift & 0x7F for shift in (21, 14, 7, 0))
    return struct.pack("<BBBxIIIIII", 1, 8, 0, indexid, sequence, 0, 0, 0, 0) + offset + fields


def _padded(data: bytes) -> bytes:
    return data.ljust(len(data) + 7 & ~7, b"\0")
