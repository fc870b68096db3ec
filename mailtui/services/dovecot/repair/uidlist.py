"""Mending the text of ``dovecot-uidlist`` (Dovecot's ``maildir-uidlist.c``, version 3)."""

from __future__ import annotations

import re

_HEADER = re.compile(rb"3 V(\d+) N(\d+)( G[0-9a-f]{32})?[^\n]*", re.ASCII)
_LINE = re.compile(rb"(\d{1,10})((?: [A-Z][^ :]*)*) ?:([^/\0\n]+)", re.ASCII)
_MAX_UID = 2**32 - 2


def without_broken_lines(data: bytes) -> bytes:
    """The uidlist with every line Dovecot can read, in order of UID, and a next UID above all of them.

    Raises ValueError where the header itself cannot be read: then nothing is known of UIDVALIDITY.
    """
    header, *lines = data.split(b"\n")
    found = _HEADER.fullmatch(header)
    if not found:
        raise ValueError("the header of dovecot-uidlist cannot be read")
    by_uid: dict[int, bytes] = {}
    names: set[bytes] = set()
    for line in lines:
        entry = _LINE.fullmatch(line)
        if entry and 0 < int(entry[1]) <= _MAX_UID and int(entry[1]) not in by_uid and entry[3] not in names:
            by_uid[int(entry[1])] = line
            names.add(entry[3])
    following = max(int(found[2]), max(by_uid, default=0) + 1)
    head = header[: found.start(2)] + str(following).encode() + header[found.end(2) :]
    return b"\n".join([head, *(by_uid[uid] for uid in sorted(by_uid)), b""])
