"""One index with its logs and its cache, in one folder: read together and checked against each other.

Order matters, since writers may be busy: the index before the log, so that the log is never older than the index says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

from mailtui.services.dovecot.index import index_file, log_file
from mailtui.services.dovecot.index.cache_checking import PART, of_cache
from mailtui.services.dovecot.index.flaws import Flaw, in_the_way
from mailtui.services.dovecot.index.index_file import IndexFile
from mailtui.services.dovecot.index.index_layout import IndexHeader
from mailtui.services.dovecot.index.index_set import Found, IndexSet, follows
from mailtui.services.dovecot.index.log_file import LogFile
from mailtui.services.dovecot.index.reading import MOST, Raw, read
from mailtui.services.dovecot.index.replay import replay

_MODSEQ = struct.Struct("<QII")

_AT_THE_END = ("log.tail", "log.uncommitted")
"""Flaws of a log that tell where its last whole record ends."""


def read_set(folder: int, prefix: str = "dovecot.index") -> IndexSet:
    """Read one index and everything that belongs to it. Raises nothing."""
    suffixes = ("", ".log", ".log.2", ".cache")
    raws: dict[str, Raw] = {}
    for suffix in suffixes:
        raw = read(folder, prefix + suffix, PART if suffix == ".cache" else MOST)
        if raw is not None:
            raws[prefix + suffix] = raw
    index_raw, log_raw, older_raw, cache_raw = (readable(raws.get(prefix + suffix)) for suffix in suffixes)
    index = index_file.parse(index_raw.data, index_raw.size) if index_raw else None
    log = log_file.parse(log_raw.data, log_raw.size) if log_raw else None
    older = log_file.parse(older_raw.data, older_raw.size) if older_raw else None
    state = replay(index, [one for one in (older, log) if one])
    found = [(raw.name, in_the_way(raw)) for raw in raws.values() if raw.instead]
    found += _within(prefix, index, log)
    if not any(name in (prefix, f"{prefix}.log") for name, _ in found):
        found += _between(prefix, index, log, older)
    elif index is not None and log is not None:
        found += _beyond(prefix, index, log)
    read_so_far = IndexSet(prefix, raws, index, log, older, state, tuple(found))
    flaws = of_cache(folder, cache_raw, read_so_far) if cache_raw else ()
    return replace(read_so_far, found=(*found, *((f"{prefix}.cache", flaw) for flaw in flaws)))


def readable(raw: Raw | None) -> Raw | None:
    """Nothing where something else stands in its place."""
    return None if raw is None or raw.instead else raw


def _within(prefix: str, index: IndexFile | None, log: LogFile | None) -> Iterator[Found]:
    if index is not None:
        yield from ((prefix, flaw) for flaw in index.flaws)
    if log is not None:
        past = _is_past(index, log)
        for flaw in log.flaws:
            yield f"{prefix}.log", replace(flaw, kind="log.past") if past and flaw.kind in _AT_THE_END else flaw


def _is_past(index: IndexFile | None, log: LogFile) -> bool:
    """Whether what is damaged in a log was taken over by the index before, so that Dovecot reads behind it only."""
    if index is None or index.header is None or log.header is None or index.flaws:
        return False
    head = index.header.log_file_head_offset
    return log.header.file_seq == index.header.log_file_seq and log.end < head <= log.size


def _beyond(prefix: str, index: IndexFile, log: LogFile) -> Iterator[Found]:
    """An index that goes on where its log, torn off, has nothing any more: the log is too old for it."""
    if index.header is None or log.header is None or index.flaws or log.cut:
        return
    head = index.header.log_file_head_offset
    if log.header.file_seq == index.header.log_file_seq and head > log.size:
        yield prefix, Flaw("index.log-offset", f"head offset {head}; the log ends at {log.end}", 68)


def _between(prefix: str, index: IndexFile | None, log: LogFile | None, older: LogFile | None) -> Iterator[Found]:
    """An index and a log, each fine in itself."""
    if index is None or index.header is None:
        if log is not None and not log.whole_history and not follows(log, older):
            yield f"{prefix}.log", Flaw("index.missing", "the log goes on from one that is gone")
        return
    if log is None or log.header is None:
        yield f"{prefix}.log", Flaw("log.missing", f"the index goes on at {index.header.log_file_head_offset}")
        return
    if index.header.indexid != log.header.indexid:
        says = f"index id {index.header.indexid} in the index, {log.header.indexid} in the log"
        yield prefix, Flaw("index.indexid", says, 16)
        return
    flaw = position(index, index.header, [one for one in (log, older) if one is not None and one.header is not None])
    if flaw is not None:
        yield prefix, flaw


def position(index: IndexFile, header: IndexHeader, logs: list[LogFile]) -> Flaw | None:
    """Where in the logs the index stands, and where its modification sequences do."""
    sequence, head = header.log_file_seq, header.log_file_head_offset
    log = _of_sequence(logs, sequence)
    if log is None:
        if _at_end(logs, sequence, head):
            return None
        there = ", ".join(str(one.header.file_seq) for one in logs if one.header)
        return Flaw("index.log-lost", f"goes on in log {sequence} at {head}; there are the logs {there}", 60)
    if log.cut and head > log.end:
        return None
    if log.header is not None and not log.header.hdr_size <= head <= log.end:
        return Flaw("index.log-offset", f"head offset {head}; the log ends at {log.end}", 68)
    if not log.begins(head):
        return Flaw("index.log-offset", f"head offset {head}, where no record of the log begins", 68)
    return _of_modseq(index, header, logs)


def _of_modseq(index: IndexFile, header: IndexHeader, logs: list[LogFile]) -> Flaw | None:
    """Up to where modification sequences were counted: no further than the index itself, and to a whole record."""
    extension = index.extensions.get("modseq")
    if extension is None or len(extension.data) < _MODSEQ.size:
        return None
    _, sequence, offset = _MODSEQ.unpack_from(extension.data)
    if sequence == header.log_file_seq and offset > header.log_file_head_offset:
        says = f"modseq log_offset {offset} > log_file_head_offset {header.log_file_head_offset}"
    elif sequence and (log := _of_sequence(logs, sequence)) is not None and not (log.cut or log.begins(offset)):
        says = f"modseq log_offset {offset}, where no record of log {sequence} begins"
    else:
        return None
    return Flaw("index.modseq", says, extension.offset)


def _of_sequence(logs: list[LogFile], sequence: int) -> LogFile | None:
    return next((one for one in logs if one.header is not None and one.header.file_seq == sequence), None)


def _at_end(logs: list[LogFile], sequence: int, head: int) -> bool:
    """Whether the index stands at the end of a log that is gone because all of it was taken over."""
    position = (sequence, head)
    return any(one.header and (one.header.prev_file_seq, one.header.prev_file_offset) == position for one in logs)
