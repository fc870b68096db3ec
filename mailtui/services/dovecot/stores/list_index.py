"""``dovecot.list.index``: the tree of mailboxes, and with ``LAYOUT=index`` the only place where their names stand.

The layout is that of Dovecot's src/lib-storage/list/mailbox-list-index.h: the extension ``list`` has the names of
single levels by their number, and of each mailbox its number, its parent and the GUID that its folder is called by.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailtui.services.dovecot.index.extension import kept
from mailtui.services.dovecot.index.index_layout import DELETED, DRAFT
from mailtui.services.dovecot.index.set_reading import read_set

_ID = struct.Struct("<I")
_NODE = struct.Struct("<II16s")
_NAMES_AT = 1
"""Before the names stands ``refresh_flag``."""
_NOT_SELECTABLE = DELETED | DRAFT
"""Flags of a record (``NONEXISTENT``, ``NOSELECT``): there is no such mailbox, but some below it."""
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """One mailbox."""

    parts: tuple[str, ...]
    """Its name level by level, raw as on disk."""
    guid: str
    """32 hexadecimal digits."""


def listed(folder: int) -> Iterator[Listed]:
    """The mailboxes of the list index in an open folder, as far as it is readable. Raises nothing."""
    found = read_set(folder, "dovecot.list.index")
    tree = kept(found, "list")
    names = _names(bytes(tree.header))
    nodes = {uid: _NODE.unpack_from(record) for uid, record in tree.records.items() if len(record) >= _NODE.size}
    for uid, flags in found.state.flags.items():
        parts = _parts(uid, nodes, names)
        if parts and not flags & _NOT_SELECTABLE and any(nodes[uid][2]):
            yield Listed(parts, nodes[uid][2].hex())


def _names(header: bytes) -> dict[int, str]:
    """Names of levels by their number, which ascends."""
    names: dict[int, str] = {}
    at, last = _NAMES_AT, 0
    while at + _ID.size < len(header):
        (number,) = _ID.unpack_from(header, at)
        end = header.find(b"\0", at + _ID.size)
        if number <= last or end < 0:
            break
        names[number] = header[at + _ID.size : end].decode("utf-8", "surrogateescape")
        at, last = end + 1, number
    return names


def _parts(uid: int, nodes: Mapping[int, tuple[int, int, bytes]], names: Mapping[int, str]) -> tuple[str, ...]:
    """The name of a mailbox; none for one that has no name or is its own parent."""
    parts: list[str] = []
    while uid:
        node = nodes.get(uid)
        if node is None or node[0] not in names or len(parts) == _DEEPEST:
            return ()
        parts.append(names[node[0]])
        uid = node[1]
    return tuple(reversed(parts))
