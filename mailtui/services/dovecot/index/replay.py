"""The state of a mailbox by its index files: the snapshot in ``dovecot.index`` brought up to date by the log.

As Dovecot does it (``lib-index/mail-index-sync-update.c``): records from the snapshot's head offset on, in the log of
the snapshot's sequence number; without a snapshot, those of a log that goes back to the beginning.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mailtui.services.dovecot.index import log_layout as log
from mailtui.services.dovecot.index.index_file import IndexFile
from mailtui.services.dovecot.index.index_layout import FLAGS, Extension, IndexHeader
from mailtui.services.dovecot.index.log_file import LogFile
from mailtui.services.dovecot.index.log_layout import LogRecord

_MOST_MESSAGES = 4_000_000
_MOST_WORK = 8_000_000
_KEYWORD_WORK = 10
"""A set of keywords is made anew, not only touched."""
_NO_KEYWORDS: frozenset[str] = frozenset()
_APPEND = struct.Struct("<IB3x")
_FLAG_UPDATE = struct.Struct("<IIBBBB")
_RANGE = struct.Struct("<II")
_EXPUNGE_GUID = struct.Struct("<I16s")
_ADD, _REMOVE, _REPLACE = 0, 1, 2


@dataclass(slots=True)
class State:
    """What the index files say of a mailbox."""

    uidvalidity: int | None = None
    next_uid: int | None = None
    flags: dict[int, int] = field(default_factory=dict)
    """Flag bits by UID."""
    keywords: dict[int, frozenset[str]] = field(default_factory=dict)
    """By UID; only those that have any."""
    complete: bool = False
    """Whether every change was found: a readable snapshot and the log from there on, or a log of the whole history."""
    work: int = 0
    """Messages touched so far, which a hostile log would have go on for ever."""

    def names(self, uid: int) -> frozenset[str]:
        """System flags and keywords of a message, as IMAP writes them."""
        bits = self.flags.get(uid, 0)
        return frozenset({name for bit, name in FLAGS.items() if bits & bit} | self.keywords.get(uid, _NO_KEYWORDS))


def replay(index: IndexFile | None, logs: Iterable[LogFile]) -> State:
    """Bring a snapshot up to date; ``logs`` in any order. Raises nothing."""
    state, spans = State(), following(index, logs)
    if index is not None and index.usable and index.header is not None:
        _take_over(state, index, index.header)
    elif spans:
        state.next_uid = 1
    state.complete = bool(spans)
    for current, offset in spans:
        state.complete = state.complete and not current.cut
        for record in current.records(offset, _CHANGES):
            _apply(state, current, record)
    state.complete = state.complete and state.work <= _MOST_WORK
    return state


def following(index: IndexFile | None, logs: Iterable[LogFile]) -> list[tuple[LogFile, int]]:
    """The logs in which a snapshot goes on, each with the offset from which on it is of use; none where they are gone.

    Without a usable snapshot those of the whole history.
    """
    by_sequence = {one.header.file_seq: one for one in logs if one.header is not None and one.end}
    if index is not None and index.usable and index.header is not None:
        sequence, offset = _stand(by_sequence, index.header.log_file_seq, index.header.log_file_head_offset)
    else:
        beginnings = [one.header for one in by_sequence.values() if one.header and one.whole_history]
        if not beginnings:
            return []
        first = max(beginnings, key=lambda header: header.file_seq)  # the older log may be of a former index
        sequence, offset = first.file_seq, first.hdr_size
    spans = []
    while sequence in by_sequence:
        spans.append((by_sequence[sequence], offset))
        sequence, offset = sequence + 1, 0
    return spans


def _stand(logs: dict[int, LogFile], sequence: int, offset: int) -> tuple[int, int]:
    """Where to go on: at the beginning of the next log, where the snapshot was written as the last one ended."""
    following = logs.get(sequence + 1)
    if sequence in logs or following is None or following.header is None:
        return sequence, offset
    before = following.header.prev_file_seq, following.header.prev_file_offset
    return (sequence + 1, following.header.hdr_size) if before == (sequence, offset) else (sequence, offset)


def _take_over(state: State, index: IndexFile, header: IndexHeader) -> None:
    state.uidvalidity, state.next_uid = header.uid_validity, header.next_uid
    state.flags = dict(zip(index.uids, index.flags, strict=True))
    extension = index.extensions.get("keywords")
    if extension and extension.record_size:
        _take_over_keywords(state, index, extension)


def _take_over_keywords(state: State, index: IndexFile, extension: Extension) -> None:
    """Names by the bits of each record; there are far fewer sets of them than messages."""
    names, records = index.keywords(), index.extension_records(extension)
    known: dict[bytes, frozenset[str]] = {}
    for bits in dict.fromkeys(records):
        if state.work <= _MOST_WORK:
            state.work += len(names)
            number = int.from_bytes(bits, "little")
            known[bits] = frozenset(name for bit, name in enumerate(names) if number >> bit & 1)
    some = {bits: keywords for bits, keywords in known.items() if keywords}
    state.keywords = {uid: some[bits] for uid, bits in zip(index.uids, records, strict=True) if bits in some}


def _apply(state: State, file: LogFile, record: LogRecord) -> None:
    if record.external or record.type not in (log.EXPUNGE, log.EXPUNGE_GUID):
        _CHANGES[record.type](state, file.body(record))


def _append(state: State, body: bytes) -> None:
    for uid, flags in _structs(_APPEND, body):
        if len(state.flags) < _MOST_MESSAGES:
            state.flags[uid] = flags
            state.next_uid = max(state.next_uid or 1, uid + 1)


def _expunge(state: State, body: bytes) -> None:
    _forget(state, _uids(state, _structs(_RANGE, body)))


def _expunge_by_guid(state: State, body: bytes) -> None:
    _forget(state, [uid for uid, _ in _structs(_EXPUNGE_GUID, body)])


def _update_flags(state: State, body: bytes) -> None:
    for first, last, add, remove, _, _ in _structs(_FLAG_UPDATE, body):
        for uid in _uids(state, [(first, last)]):
            state.flags[uid] = state.flags[uid] & ~remove | add


def _reset_keywords(state: State, body: bytes) -> None:
    for uid in _uids(state, _structs(_RANGE, body)):
        state.keywords.pop(uid, None)


def _structs(form: struct.Struct, body: bytes) -> Iterator[tuple[int, ...]]:
    return form.iter_unpack(body[: len(body) - len(body) % form.size])


def _uids(state: State, ranges: Iterable[tuple[int, ...]]) -> list[int]:
    """The messages there are in ranges of UIDs, which may be as wide as they like."""
    found: list[int] = []
    for first, last in ranges:
        state.work += 1 + min(max(last - first, 0), len(state.flags))
        if state.work > _MOST_WORK:
            state.complete = False
            break
        if last - first < len(state.flags):
            found += [uid for uid in range(first, last + 1) if uid in state.flags]
        else:
            found += [uid for uid in state.flags if first <= uid <= last]
    return found


def _forget(state: State, uids: Iterable[int]) -> None:
    for uid in uids:
        state.flags.pop(uid, None)
        state.keywords.pop(uid, None)


def _update_header(state: State, body: bytes) -> None:
    """Pieces of the index header: offset, size, bytes."""
    at = 0
    while at + 4 <= len(body):
        offset, size = struct.unpack_from("<HH", body, at)
        piece = body[at + 4 : at + 4 + size]
        for name, place in (("uidvalidity", 24), ("next_uid", 28)):
            if offset <= place and place + 4 <= offset + len(piece):
                setattr(state, name, int.from_bytes(piece[place - offset : place - offset + 4], "little"))
        at += 4 + size + 3 & ~3


def _update_keywords(state: State, body: bytes) -> None:
    if len(body) < 4:
        return
    modify, _, name_size = struct.unpack_from("<BBH", body)
    name = body[4 : 4 + name_size].decode("utf-8", "replace")
    ranges = body[4 + (name_size + 3 & ~3) :]
    becomes: dict[frozenset[str], frozenset[str]] = {}
    for uid in _uids(state, _structs(_RANGE, ranges)):
        before = state.keywords.get(uid, _NO_KEYWORDS)
        after = becomes.get(before)
        if after is None:
            state.work += _KEYWORD_WORK + len(before)
            if state.work > _MOST_WORK:
                return
            after = becomes[before] = _changed(before, modify, name)
        state.keywords[uid] = after


def _changed(keywords: frozenset[str], modify: int, name: str) -> frozenset[str]:
    if modify == _REPLACE:
        return frozenset((name,))
    return keywords - {name} if modify == _REMOVE else keywords | {name}


_CHANGES = {
    log.APPEND: _append,
    log.EXPUNGE: _expunge,
    log.EXPUNGE_GUID: _expunge_by_guid,
    log.FLAGS: _update_flags,
    log.HEADER_UPDATE: _update_header,
    log.KEYWORDS: _update_keywords,
    log.KEYWORDS_RESET: _reset_keywords,
}
