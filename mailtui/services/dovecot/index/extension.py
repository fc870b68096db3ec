"""What one part of Dovecot keeps in an index: its own header and a record for each UID, brought up to date by the log.

As Dovecot does it (``lib-index/mail-index-sync-ext.c``): an intro in the log names an extension, or tells its place in
the order in which extensions came to be; what follows is of that one until the next intro.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailtui.services.dovecot.index import log_layout as log
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.replay import following

_INTRO = struct.Struct("<IIIHHHH")
_NEW = 0xFFFFFFFF
"""Of an extension that has no place yet."""
_UID = struct.Struct("<I")
_INCREASE = struct.Struct("<Ii")
_MOST_HEADER = 16 * 2**20
"""Bytes of a header; that of a hundred thousand mailboxes is 3 MB."""
_MOST_RECORDS = 4_000_000
_MOST_EXTENSIONS = 64
_KEYWORDS = "keywords"


@dataclass(slots=True)
class Kept:
    """What an extension keeps."""

    header: bytearray = field(default_factory=bytearray)
    records: dict[int, bytes] = field(default_factory=dict)
    """By UID; also of those that are gone from the index."""
    reset_id: int | None = None
    """What its records belong to, such as one cache file; None where the extension does not exist."""


def kept(found: IndexSet, name: str) -> Kept:
    """What the index and its logs keep for the extension of that name; nothing where there is none. Raises nothing."""
    result, known = Kept(), list(found.index.extensions) if found.index else []
    extension = found.index.extensions.get(name) if found.index else None
    if found.index is not None and extension is not None:
        result.header[:] = extension.data
        result.records = dict(zip(found.index.uids, found.index.extension_records(extension), strict=True))
    result.reset_id = extension.reset_id if extension else None
    replaying = _Replaying(result, name, known)
    for file, offset in following(found.index, [one for one in (found.older, found.log) if one]):
        for record in file.records(offset):
            replaying.take(record.type, file.body(record))
    return result


class _Replaying:
    """The changes of one extension, picked out of those of all."""

    def __init__(self, result: Kept, name: str, known: list[str]) -> None:
        self._result = result
        self._name = name
        self._known = known
        self._meant = False
        self._size = 0

    def take(self, kind: int, body: bytes) -> None:
        """One record of the log."""
        if kind == log.EXT_INTRO:
            for intro in _intros(body):
                self._intro(*intro)
        elif kind == log.KEYWORDS and _KEYWORDS not in self._known:
            self._known.append(_KEYWORDS)
        elif self._meant and kind == log.EXT_RESET and len(body) >= _UID.size:
            self._reset(body)
        elif self._meant and kind in (log.EXT_HEADER, log.EXT_HEADER32):
            self._write_header("<HH" if kind == log.EXT_HEADER else "<II", body)
        elif self._meant and kind == log.EXT_RECORD:
            self._write_records(body)
        elif self._meant and kind == log.EXT_INCREASE:
            self._increase(body)

    def _intro(self, place: int, reset_id: int, header_size: int, record_size: int, name: str) -> None:
        if place != _NEW:
            name = self._known[place] if place < len(self._known) else ""
        elif name and len(self._known) < _MOST_EXTENSIONS and name not in self._known:
            self._known.append(name)
        if name == self._name and self._result.reset_id is None:
            self._result.reset_id = reset_id
        self._meant = name == self._name and self._result.reset_id == reset_id
        self._size = record_size
        header = self._result.header
        if self._meant and len(header) < header_size <= _MOST_HEADER:
            header.extend(bytes(header_size - len(header)))

    def _reset(self, body: bytes) -> None:
        (self._result.reset_id,) = _UID.unpack_from(body)
        if not body[_UID.size : _UID.size + 1].strip(b"\0"):
            self._result.header[:] = bytes(len(self._result.header))
            self._result.records.clear()

    def _write_header(self, form: str, body: bytes) -> None:
        """Pieces: offset, size, bytes."""
        at, head, header = 0, struct.calcsize(form), self._result.header
        while at + head <= len(body):
            offset, size = struct.unpack_from(form, body, at)
            piece = body[at + head : at + head + size]
            if offset + len(piece) <= len(header):
                header[offset : offset + len(piece)] = piece
            at += head + size + 3 & ~3

    def _write_records(self, body: bytes) -> None:
        step = _UID.size + self._size + 3 & ~3
        for at in range(0, len(body) - step + 1, step):
            (uid,) = _UID.unpack_from(body, at)
            if len(self._result.records) < _MOST_RECORDS:
                self._result.records[uid] = body[at + _UID.size : at + _UID.size + self._size]

    def _increase(self, body: bytes) -> None:
        """Numbers that grow or shrink, such as how often a message of mdbox is referred to."""
        for uid, difference in _INCREASE.iter_unpack(body[: len(body) - len(body) % _INCREASE.size]):
            number = int.from_bytes(self._result.records.get(uid, b""), "little") + difference
            if len(self._result.records) < _MOST_RECORDS and 0 <= number < 1 << 8 * self._size:
                self._result.records[uid] = number.to_bytes(self._size, "little")


def _intros(body: bytes) -> Iterator[tuple[int, int, int, int, str]]:
    """Place, reset ID, size of the header and of a record, name."""
    at = 0
    while at + _INTRO.size <= len(body):
        place, reset_id, header_size, record_size, _, _, name_size = _INTRO.unpack_from(body, at)
        begin = at + _INTRO.size
        yield place, reset_id, header_size, record_size, body[begin : begin + name_size].decode("utf-8", "replace")
        at = begin + name_size + 3 & ~3
