"""``dovecot.index.cache``: parsed headers and sizes, which Dovecot can make again from the messages.

The layout is that of Dovecot's ``lib-index/mail-cache-private.h``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.log_layout import decoded

MAJOR = 1
_HEADER = struct.Struct("<BBBxIIIIII")
_FIELDS = struct.Struct("<III")
_OFFSET_SIZE = 8
_TYPES = ("fixed size", "variable size", "text", "bit mask", "header")
_DECISIONS = ("no", "temporary", "yes")
_FORCED = 0x80
_MOST_LISTS = 1000
_LARGEST_LIST = 2**20

More = Callable[[int, int], bytes]
"""Reads so many bytes at an offset; fewer where the file ends."""


class CacheHeader(NamedTuple):
    """The header, in the order of the file."""

    major_version: int
    offset_size: int
    minor_version: int
    indexid: int
    file_seq: int
    continued_record_count: int
    record_count: int
    unused: int
    deleted_record_count: int


class CacheField(NamedTuple):
    """One thing that is kept of messages."""

    name: str
    type: str
    decision: str
    last_used: int
    """Seconds since 1970."""


def parse(
    data: bytes, more: More = lambda _offset, _size: b""
) -> tuple[CacheHeader | None, tuple[CacheField, ...], tuple[Flaw, ...]]:
    """The header, the fields by the last list of them, and what is wrong; ``data`` is how the file begins.

    ``more`` reads what lies beyond, as far as it is there. Raises nothing.
    """
    if len(data) < _HEADER.size + 4:
        return None, (), (Flaw("cache.header", f"{len(data)} bytes; the header alone has {_HEADER.size + 4}"),)
    header = CacheHeader._make(_HEADER.unpack_from(data))
    (raw,) = struct.unpack_from("<I", data, _HEADER.size)
    if header.major_version != MAJOR or header.offset_size != _OFFSET_SIZE:
        says = f"major version {header.major_version}, offsets of {header.offset_size} bytes"
        return header, (), (Flaw("cache.header", says),)
    if header.file_seq == 0:
        return header, (), (Flaw("cache.header", "file sequence 0", 8),)

    def part(offset: int, size: int) -> bytes:
        return data[offset : offset + size] if offset + size <= len(data) else more(offset, size)

    fields = _fields(part, decoded(raw))
    if fields is None:
        return header, (), (Flaw("cache.fields", "the list of fields cannot be read", decoded(raw)),)
    return header, fields, ()


def _fields(part: More, at: int) -> tuple[CacheField, ...] | None:
    """The last list in the chain that begins there; none at all before the first message was cached."""
    if at == 0:
        return ()
    for _ in range(_MOST_LISTS):
        head = part(at, _FIELDS.size)
        if len(head) < _FIELDS.size:
            return None
        raw, size, count = _FIELDS.unpack(head)
        following = decoded(raw)
        if following == 0:
            whole = part(at, size) if size <= _LARGEST_LIST else b""
            return _list(whole, count) if len(whole) == size else None
        if following <= at:
            return None
        at = following
    return None


def _list(data: bytes, count: int) -> tuple[CacheField, ...] | None:
    names_at = _FIELDS.size + 10 * count
    if names_at > len(data):
        return None
    names = data[names_at:].split(b"\0")[:count]
    if len(names) < count:
        return None
    used = struct.unpack_from(f"<{count}I", data, _FIELDS.size)
    types, decisions = data[names_at - 2 * count : names_at - count], data[names_at - count : names_at]
    if any(kind >= len(_TYPES) for kind in types) or any(one & ~_FORCED >= len(_DECISIONS) for one in decisions):
        return None
    rows = zip(names, types, decisions, used, strict=True)
    return tuple(
        CacheField(name.decode("utf-8", "replace"), _TYPES[kind], _DECISIONS[decision & ~_FORCED], last)
        for name, kind, decision, last in rows
    )
