"""``dovecot.index.log``: a header, then one record for each change since the index was written.

What stands where is in ``log_layout``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator
from dataclasses import dataclass

from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.log_layout import (
    COMMITTED,
    EXTERNAL,
    HEAD,
    HEADER,
    HEADS,
    LEAST_HEADER,
    MAJOR,
    TYPE,
    TYPES,
    WORD,
    LogHeader,
    LogRecord,
    decoded,
)

_MOST_RECORDS = 500_000
"""So many are read; Dovecot begins a new log when one has 1 MB."""
_WINDOW = 2**18
"""Words after which it is seen to that there are not too many."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """What could be read. Where ``header`` is None nothing could."""

    header: LogHeader | None
    data: bytes
    size: int
    """Of the file, bytes."""
    starts: tuple[int, ...]
    """Offsets of the whole records."""
    end: int
    """Where the last of them ends, bytes."""
    flaws: tuple[Flaw, ...]

    @property
    def cut(self) -> bool:
        """Whether it is too large, or has too many records, to have been read to its end."""
        return len(self.data) < self.size

    @property
    def whole_history(self) -> bool:
        """Whether it goes back to the mailbox's beginning."""
        return self.header is not None and self.header.prev_file_seq == 0

    def records(self, first: int = 0, types: Container[int] = TYPES) -> Iterator[LogRecord]:
        """Those from an offset on, of some types."""
        for at in self.starts[bisect_left(self.starts, first) :]:
            raw, kind = HEADS.unpack_from(self.data, at)
            if kind & TYPE in types:
                yield LogRecord(at, decoded(raw), kind & TYPE, bool(kind & EXTERNAL))

    def body(self, record: LogRecord) -> bytes:
        """What a record says."""
        return self.data[record.offset + HEAD : record.offset + record.size]

    def begins(self, offset: int) -> bool:
        """Whether a record begins there, or the log ends."""
        at = bisect_left(self.starts, offset)
        return offset == self.end or self.starts[at : at + 1] == (offset,)


def parse(data: bytes, size: int | None = None) -> LogFile:
    """Read a log; ``size`` is that of the file, where not all of it is in ``data``. Raises nothing."""
    size = len(data) if size is None else size
    header = _header(data)
    flaw = _of_header(header, size)
    if header is None or flaw is not None:
        return LogFile(header, data, size, (), 0, (flaw,) if flaw else ())
    starts, end = _chain(data, header.hdr_size)
    if len(starts) >= _MOST_RECORDS:
        data = data[:end]
    whole = end == len(data) or len(data) < size
    return LogFile(header, data, size, tuple(starts), end, () if whole else (_of_tail(data, end),))


def _chain(data: bytes, first: int) -> tuple[list[int], int]:
    """Where the records begin and the last whole one ends; not all of them where they are far too many.

    Sizes and types are few: each is worked out when it is met first, and from then on a record costs two look-ups.
    """
    words = memoryview(data)[first : len(data) - (len(data) - first) % WORD].cast("I")
    sizes: dict[int, int] = {}
    types: dict[int, bool] = {}
    starts: list[int] = []
    at, add = 0, starts.append
    while at + 2 <= len(words) and len(starts) < _MOST_RECORDS:
        window = words[: at + _WINDOW]
        try:
            while True:
                length, _ = sizes[window[at]], types[window[at + 1]]
                add(at)
                at += length
        except IndexError:  # the window's end
            continue
        except KeyError:
            raw, kind = (*words[at : at + 2], 0)[:2]
            if not _is_size(raw) or kind & TYPE not in TYPES:
                break
            sizes[raw], types[kind] = decoded(raw) // WORD, True
    if at > len(words):
        at = starts.pop()
    return [first + one * WORD for one in starts], first + at * WORD


def _is_size(raw: int) -> bool:
    """Whether it is the size of a record that has been committed."""
    return raw & COMMITTED == COMMITTED and decoded(raw) >= HEAD


def _header(data: bytes) -> LogHeader | None:
    if len(data) < LEAST_HEADER:
        return None
    return LogHeader._make(HEADER.unpack_from(data.ljust(HEADER.size, b"\0")))


def _of_header(header: LogHeader | None, size: int) -> Flaw | None:
    if size == 0:
        return Flaw("log.empty", "0 bytes")
    if header is None:
        return Flaw("log.header", f"{size} bytes; the header alone has {HEADER.size}")
    if header.major_version != MAJOR:
        return Flaw("log.header", f"major version {header.major_version}, not {MAJOR}")
    if not LEAST_HEADER <= header.hdr_size <= size:
        return Flaw("log.header", f"header of {header.hdr_size} bytes in a file of {size}", 2)
    if header.indexid == 0:
        return Flaw("log.corrupted", "is marked as corrupted (index id 0)", 4)
    if header.minor_version >= 2 and header.hdr_size >= HEADER.size and header.compat_flags != 1:
        return Flaw("log.header", f"compat flags {header.compat_flags:#x}, not 1", 32)
    return None


def _of_tail(data: bytes, at: int) -> Flaw:
    """Why what stands at an offset is no whole record."""
    left = len(data) - at
    if left < HEAD:
        return Flaw("log.tail", f"{left} bytes that are no record", at)
    raw, kind = HEADS.unpack_from(data, at)
    if raw & COMMITTED != COMMITTED:
        # A record's size is written as a plain number first, big-endian as the committed one.
        plain = int.from_bytes(data[at : at + 4], "big")
        busy = plain == 0 or (plain <= left and plain % 4 == 0)
        return Flaw("log.uncommitted" if busy else "log.tail", f"{left} bytes", at)
    size = decoded(raw)
    if size < HEAD or size > left:
        return Flaw("log.tail", f"a record of {size} bytes, {left} are there", at)
    return Flaw("log.tail", f"a record of unknown type {kind:#x}", at)
