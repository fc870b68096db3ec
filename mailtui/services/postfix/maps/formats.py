"""What type a compiled table really is, by its first bytes: Berkeley DB gives hash and btree one file name.

db_page.h (``DB_HASHMAGIC``, ``DB_BTREEMAGIC``, at byte 12 in the byte order of the machine that made it); mdb.c
(``MDB_MAGIC``, behind the page header).
"""

from __future__ import annotations

import fcntl
import os
import struct
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_HEAD = 32
_MAGIC = {0x061561: "hash", 0x053162: "btree"}
_LMDB = 0xBEEFC0DE
_PAGE_HEADERS = (12, 16)
"""Bytes before an lmdb's magic, where a ``size_t`` has four bytes and eight."""
_META = 36
_LENGTHS = frozenset(2**power for power in range(9, 17))
"""Bytes of a page (``DB_MIN_PGSIZE``, ``DB_MAX_PGSIZE``)."""
_MOST = 2**17
"""Pages that are looked at."""


def written_as(path: Path) -> str:
    """``hash``, ``btree`` or ``lmdb``; ``""`` for anything else, or what cannot be read."""
    try:
        with path.open("rb") as file:
            return _kind(file.read(_HEAD))
    except OSError:
        return ""


def _kind(head: bytes) -> str:
    if len(head) < _HEAD:
        return ""
    for order in "<>":
        if (magic := _magic(head, order)) in _MAGIC:
            return _MAGIC[magic]
    return "lmdb" if any(struct.unpack_from("=I", head, at)[0] == _LMDB for at in _PAGE_HEADERS) else ""


def is_being_built(path: Path) -> bool:
    """Whether postmap(1) or another process has an index for itself, so that whoever asks waits."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # of an lmdb (dict_lmdb.c)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class Index(NamedTuple):
    """A compiled table at first sight."""

    kind: str
    """As of ``written_as``."""
    flaw: str = ""
    """What is wrong with the pages of a Berkeley DB; ``""`` where nothing is, or it is being built."""


def look_into(path: Path) -> Index:
    """What a regular file's first bytes and the numbers of its pages tell.

    Each page has its own number at byte 8, or is not written yet. One that has another number is damaged, and asking
    does more harm: whoever may write the file puts such a page where it says, terabytes behind the end (seen of
    libdb 5.3 that was told to read only, and of postmap -q as root).
    """
    try:
        found = path.stat()
        return _looked_into(path, found.st_size, found.st_ino, found.st_mtime_ns)
    except (OSError, struct.error):  # of which nothing is remembered: it may be another next time
        return Index(written_as(path))


@lru_cache(maxsize=256)
def _looked_into(path: Path, size: int, *_state: int) -> Index:
    with path.open("rb", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # who builds it holds it (mkmap_open.c)
        head = file.read(_META)
        return Index(_kind(head), _page_out_of_place(file.fileno(), head, size))


def _page_out_of_place(file: int, head: bytes, size: int) -> str:
    order = next((one for one in "<>" if len(head) == _META and _magic(head, one) in _MAGIC), "")
    if not order:
        return ""
    (length,), (last,) = struct.unpack_from(f"{order}I", head, 20), struct.unpack_from(f"{order}I", head, 32)
    if length not in _LENGTHS:
        return f"its pages have {length} bytes"
    if last >= (size + length - 1) // length:
        return f"it has {last + 1} pages, of which {size // length} are there"
    numbers = struct.Struct(f"{order}I")
    for page in range(1, min(last + 1, _MOST)):
        said = numbers.unpack(os.pread(file, 4, page * length + 8))[0]
        if said not in (0, page):
            return f"page {page} says it is page {said}"
    return ""


def _magic(head: bytes, order: str) -> int:
    magic: int = struct.unpack_from(f"{order}I", head, 12)[0]
    return magic
