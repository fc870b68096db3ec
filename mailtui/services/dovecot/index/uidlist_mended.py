"""``dovecot-uidlist`` without what Dovecot cannot read (Dovecot's ``maildir-uidlist.c``, version 3).

Left alone, every message from an unreadable line on gets a new UID. A line that was torn, or that another was appended
to, still tells its UIDs where the names in it can only be those of files that have no line of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from mailtui.services.dovecot.index.uidlist import LINE, MAX_UID, SECOND, base_name

_HEADER = re.compile(rb"3 V(\d+) N(\d+)( G[0-9a-f]{32})?[^\n]*", re.ASCII)
_LEAST_NAME = 10
"""Bytes of a torn name: as many as its seconds have."""
_LONGEST, _MOST = 1000, 100
"""Bytes of a damaged line, and so many of them, that are worth the search."""

Entry = tuple[int, bytes, bytes]
"""UID, file name, line."""


def mended(data: bytes, there: Collection[bytes]) -> bytes:
    """Every entry whose file is certain, in order of UID, and a next UID above all of them.

    ``there`` are the base names of the files of the Maildir. Raises ValueError where the header itself cannot be read:
    then nothing is known of UIDVALIDITY.
    """
    header, *lines = data.split(b"\n")
    found = _HEADER.fullmatch(header)
    if not found:
        raise ValueError("the header of dovecot-uidlist cannot be read")
    torn = lines.pop() if lines else b""
    entries: dict[int, Entry] = {}
    names: set[bytes] = set()
    damaged: list[bytes] = [torn] if torn else []
    for line in lines:
        entry = _entry(line)
        if entry is None or SECOND.search(entry[1]):
            damaged.append(line)
        elif entry[0] not in entries and entry[1] not in names:
            entries[entry[0]] = entry
            names.add(entry[1])
    free = set(there) - {base_name(name) for name in names}
    for entry in (entry for line in damaged[:_MOST] for entry in _told(line, free)):
        entries.setdefault(entry[0], entry)
    following = max(int(found[2]), max(entries, default=0) + 1)
    head = header[: found.start(2)] + str(following).encode() + header[found.end(2) :]
    return b"\n".join([head, *(entries[uid][2] for uid in sorted(entries)), b""])


def _entry(line: bytes) -> Entry | None:
    found = LINE.fullmatch(line)
    return (int(found[1]), found[3], line) if found and 0 < int(found[1]) <= MAX_UID else None


def _told(line: bytes, free: Collection[bytes]) -> Iterator[Entry]:
    """The entries that a damaged line can only have meant."""
    whole = _entry(line) if len(line) <= _LONGEST else None
    if whole is None:
        return
    for split in range(len(line) - len(whole[1]) + 1, len(line)):
        first, second = _entry(line[:split]), _entry(line[split:])
        if first and second and first[1] in free and (second[1] in free or _completed(second, free)):
            yield first
            yield second if second[1] in free else _completed(second, free) or second
            return
    entry = whole if whole[1] in free else _completed(whole, free)
    if entry is not None:
        yield entry


def _completed(entry: Entry, free: Collection[bytes]) -> Entry | None:
    """A torn name, where just one file begins like that."""
    uid, name, line = entry
    could_be = [one for one in free if one.startswith(name)] if len(name) >= _LEAST_NAME else []
    return (uid, could_be[0], line[: len(line) - len(name)] + could_be[0]) if len(could_be) == 1 else None
