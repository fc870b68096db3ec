"""``dovecot.index.cache`` against the index it belongs to: they name each other, and no message points beyond its end.

As Dovecot does it (``lib-index/mail-cache.c``): the index knows the cache by a reset ID, the cache file's sequence
number; a purge writes a new file under a new number, and tells the index through the log.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial

from mailtui.services.dovecot.index import cache_file
from mailtui.services.dovecot.index.cache_file import CacheHeader
from mailtui.services.dovecot.index.extension import kept
from mailtui.services.dovecot.index.flaws import Flaw
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.reading import Raw, read_part

PART = 64 * 2**10
"""Bytes that are read of every cache; more only where the list of its fields lies beyond."""
_NAME = "cache"
_OFFSET = struct.Struct("<I")


def of_cache(folder: int, raw: Raw, found: IndexSet) -> Iterator[Flaw]:
    """What is wrong with the cache in an open folder. Raises nothing."""
    header, _, flaws = cache_file.parse(raw.data, partial(read_part, folder, raw))
    if flaws or header is None:
        yield from flaws[:1]
        return
    known = {one.header.indexid for one in (found.index, found.log) if one is not None and one.header is not None}
    if known and header.indexid not in known:
        says = f"index id {header.indexid}, that of {found.prefix} is {', '.join(map(str, sorted(known)))}"
        yield Flaw("cache.indexid", says, 4)
    elif found.state.complete and not found.found:
        yield from _against(found, header, raw.size)


def _against(found: IndexSet, header: CacheHeader, size: int) -> Iterator[Flaw]:
    extension = found.index.extensions.get(_NAME) if found.index else None
    if found.index is None or extension is None:
        return
    if extension.reset_id == header.file_seq:
        offsets = found.index.extension_records(extension) if extension.record_size == _OFFSET.size else []
        furthest = max(struct.unpack(f"<{len(offsets)}I", b"".join(offsets)), default=0)
        if furthest >= size:
            yield Flaw("cache.offset", f"{size} bytes; {found.prefix} points to byte {furthest}")
        return
    current = kept(found, _NAME).reset_id
    if current not in (None, 0, header.file_seq):
        yield Flaw("cache.sequence", f"file sequence {header.file_seq}, {current} in {found.prefix}", 8)
