"""What type a compiled table really is, by its first bytes: Berkeley DB gives hash and btree one file name.

db_page.h (``DB_HASHMAGIC``, ``DB_BTREEMAGIC``, at byte 12 in the byte order of the machine that made it); mdb.c
(``MDB_MAGIC``, behind the page header).
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEAD = 32
_MAGIC = {0x061561: "hash", 0x053162: "btree"}
_LMDB = 0xBEEFC0DE


def written_as(path: Path) -> str:
    """``hash``, ``btree`` or ``lmdb``; ``""`` for anything else, or what cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    if len(head) < _HEAD:
        return ""
    for order in "<>":
        (magic,) = struct.unpack_from(f"{order}I", head, 12)
        if magic in _MAGIC:
            return _MAGIC[magic]
    return "lmdb" if struct.unpack_from("=I", head, 16)[0] == _LMDB else ""
