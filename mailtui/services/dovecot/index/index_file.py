"""``dovecot.index``: a header, the extensions' headers, a record of fixed size for each message.

What stands where is in ``index_layout``; what must hold is what Dovecot demands when it opens or checks an index.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt

from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_layout import (
    CORRUPTED,
    DELETED,
    EXTENSION,
    HEADER,
    LITTLE_ENDIAN,
    MAJOR,
    RECORD,
    SEEN,
    Extension,
    IndexHeader,
    having,
    keyword_names,
)
from mailtui.text import clean

_MOST_EXTENSIONS = 64


@dataclass(frozen=True, slots=True)
class IndexFile:
    """What could be read. Where ``header`` is None nothing could."""

    header: IndexHeader | None
    extensions: dict[str, Extension]
    records: bytes
    """All whole records the header counts."""
    flaws: tuple[Flaw, ...]

    @property
    def usable(self) -> bool:
        """Whether Dovecot would take it for an index at all."""
        return self.header is not None and not any(flaw.kind in UNUSABLE for flaw in self.flaws)

    @property
    def uids(self) -> list[int]:
        """The UID of each message."""
        size = self.header.record_size if self.header else 4
        return [uid for (uid,) in struct.iter_unpack(f"<I{size - 4}x", self.records)]

    @property
    def flags(self) -> bytes:
        """The flags of each message."""
        return self.records[4 :: self.header.record_size] if self.header else b""

    def extension_records(self, extension: Extension) -> list[bytes]:
        """What an extension keeps of each message."""
        if self.header is None:
            return []
        after = self.header.record_size - extension.record_offset - extension.record_size
        form = f"<{extension.record_offset}x{extension.record_size}s{after}x"
        return [own for (own,) in struct.iter_unpack(form, self.records)]

    def messages(self) -> Iterator[tuple[int, int, bytes]]:
        """UID, flags and the whole record of each message."""
        size = self.header.record_size if self.header else 0
        for at in range(0, len(self.records), size or 1):
            uid, flags = RECORD.unpack_from(self.records, at)
            yield uid, flags, self.records[at : at + size]

    def keywords(self) -> list[str]:
        """Names of the keywords, by their bit."""
        extension = self.extensions.get("keywords")
        return keyword_names(extension.data) if extension else []


UNUSABLE = frozenset({"index.short", "index.version", "index.header", "index.byte-order", "index.corrupted"})
"""Damage for which Dovecot throws the whole file away, without asking."""


def parse(data: bytes, size: int | None = None) -> IndexFile:
    """Read an index; ``size`` is that of the file, where not all of it is in ``data``. Raises nothing."""
    size = len(data) if size is None else size
    if len(data) < HEADER.size:
        flaw = Flaw("index.short", f"{size} bytes; the header alone has {HEADER.size}")
        return IndexFile(None, {}, b"", (flaw,))
    header = IndexHeader._make(HEADER.unpack_from(data))
    # What lies beyond the bytes that were read is not there, whatever the file's size.
    flaws = list(_of_header(header, len(data)))
    if any(flaw.kind in UNUSABLE for flaw in flaws):
        return IndexFile(header, {}, b"", tuple(flaws))
    extensions = _extensions(data, header, flaws)
    end = header.header_size + header.messages_count * header.record_size
    if end > size:
        there = (size - header.header_size) // header.record_size
        flaws.append(Flaw("index.count", f"{header.messages_count} messages by the header, {there} in the file", 32))
    end = min(end, len(data) - (len(data) - header.header_size) % header.record_size)
    index = IndexFile(header, extensions, data[header.header_size : end], ())
    flaws += _of_records(index, header)
    return IndexFile(header, extensions, index.records, tuple(flaws))


def _of_header(header: IndexHeader, size: int) -> Iterator[Flaw]:
    if header.major_version != MAJOR:
        yield Flaw("index.version", f"major version {header.major_version}, not {MAJOR}")
    elif header.compat_flags != LITTLE_ENDIAN:
        yield Flaw("index.byte-order", f"compat flags {header.compat_flags:#x}, not {LITTLE_ENDIAN}", 12)
    elif (
        not HEADER.size <= header.base_header_size <= header.header_size <= size or header.record_size < RECORD.size + 3
    ):
        sizes = f"base {header.base_header_size}, header {header.header_size}, record {header.record_size}, file {size}"
        yield Flaw("index.header", f"sizes that do not fit: {sizes}", 2)
    elif header.flags & CORRUPTED:
        yield Flaw("index.corrupted", "is marked as corrupted", 20)
    else:
        yield from _of_numbers(header)


def _of_numbers(header: IndexHeader) -> Iterator[Flaw]:
    if header.uid_validity == 0 and header.next_uid != 1:
        yield Flaw("index.uidvalidity", f"UIDVALIDITY 0, next UID {header.next_uid}", 24)
    if header.next_uid == 0:
        yield Flaw("index.next-uid", "next UID 0", 28)
    if header.log_file_tail_offset > header.log_file_head_offset:
        offsets = f"tail {header.log_file_tail_offset} > head {header.log_file_head_offset}"
        yield Flaw("index.log-offset", f"log file offsets: {offsets}", 64)
    for name in ("seen_messages_count", "deleted_messages_count"):
        if getattr(header, name) > header.messages_count:
            yield Flaw("index.counters", f"{name} {getattr(header, name)} of {header.messages_count} messages", 40)
    if header.first_recent_uid == 0 or header.first_recent_uid > header.next_uid:
        says = f"first_recent_uid {header.first_recent_uid}, next UID {header.next_uid}"
        yield Flaw("index.counters", says, 48)


def _extensions(data: bytes, header: IndexHeader, flaws: list[Flaw]) -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    at = _aligned(header.base_header_size)
    while at < header.header_size:
        extension, at = _extension(data, at, header)
        if extension is None or extension.name in found or len(found) >= _MOST_EXTENSIONS:
            flaws.append(Flaw("index.extension", "an extension's header cannot be read", at))
            break
        found[extension.name] = extension
    return found


def _extension(data: bytes, at: int, header: IndexHeader) -> tuple[Extension | None, int]:
    """One and where the next begins; None and where it stands for what is none."""
    if at + EXTENSION.size > header.header_size:
        return None, at
    size, reset_id, record_offset, record_size, align, name_size = EXTENSION.unpack_from(data, at)
    name_at = at + EXTENSION.size
    begin = _aligned(name_at + name_size)
    name = data[name_at : name_at + name_size]
    fits = record_size == 0 or (align and record_offset + record_size <= header.record_size)
    if begin + size > header.header_size or not name_size or not name.isascii() or not fits:
        return None, at
    text = clean(name.decode("ascii"))
    extension = Extension(text, at, reset_id, record_offset, record_size, align, data[begin : begin + size])
    return extension, _aligned(begin + size)


def _of_records(index: IndexFile, header: IndexHeader) -> Iterator[Flaw]:
    """UIDs ascend and stay below the next one; the counters are those of the records."""
    uids = index.uids
    if uids and (uids[0] == 0 or not ascending(uids)):
        yield Flaw("index.order", "UIDs are not ascending", header.header_size)
    elif uids and uids[-1] >= header.next_uid:
        yield Flaw("index.next-uid", f"next UID {header.next_uid}, but there is UID {uids[-1]}", 28)
    elif len(uids) == header.messages_count:
        flags = index.flags
        for name, bit in (("seen_messages_count", SEEN), ("deleted_messages_count", DELETED)):
            counted = len(flags) - len(flags.translate(None, having(bit)))
            if counted != getattr(header, name):
                yield Flaw("index.counters", f"{name} {getattr(header, name)}, {counted} in the records", 40)


def ascending(numbers: Sequence[int]) -> bool:
    """Whether each is higher than the one before it."""
    return all(map(lt, numbers, islice(numbers, 1, None)))


def _aligned(offset: int) -> int:
    return (offset + 7) & ~7
