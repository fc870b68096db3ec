"""A mailbox's files for people: every field with its value, its place in the file, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any

from mailtui.services.dovecot.index import cache_file, messages, uidlist
from mailtui.services.dovecot.index.index_file import IndexFile
from mailtui.services.dovecot.index.index_set import IndexSet
from mailtui.services.dovecot.index.log_file import LogFile
from mailtui.services.dovecot.index.log_layout import TYPES
from mailtui.services.dovecot.index.reading import Raw, open_folder, read, read_part
from mailtui.services.dovecot.index.set_reading import read_set
from mailtui.services.dovecot.stores.model import Mailbox
from mailtui.text import clean, human_size

MOST_ROWS = 2000
"""Of messages, transactions or lines; the newest are shown."""
_TIMES = frozenset({"indexid", "create_stamp", "last_temp_file_scan", "day_stamp", "uid_validity"})
_SANE_TIMES = range(10**9, 2**32 - 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that stands in a file. All text is cleaned."""

    label: str
    value: str
    meaning: str = ""
    offset: int | None = None
    """Bytes; None for what is not in one place."""


@dataclass(frozen=True, slots=True)
class Section:
    """One file, or one part of it."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""
    """What is left out, or why there is nothing."""


def inspect(mailbox: Mailbox) -> tuple[Section, ...]:
    """Every file of a mailbox. Raises OSError, ValueError where its folders cannot be opened."""
    with ExitStack() as stack:
        folder = open_folder(stack, mailbox.store, mailbox.index)
        found = read_set(folder)
        sections = [_files(found), *_index(found), *_logs(found), *_cache(folder, found)]
        if mailbox.store.format == "maildir":
            control = open_folder(stack, mailbox.store, mailbox.control)
            sections += [_uidlist(read(control, "dovecot-uidlist")), _keywords(read(control, "dovecot-keywords"))]
        if mailbox.store.format == "mdbox":
            shared = read_set(open_folder(stack, mailbox.store, mailbox.store.map_folder), "dovecot.map.index")
            sections += [_files(shared), *_index(shared)]
        return tuple(sections)


@cache
def _documented() -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads(files(__package__).joinpath("fields.json").read_text(encoding="utf-8"))
    return data


def _files(found: IndexSet) -> Section:
    rows = [
        Row(
            raw.name,
            raw.instead or human_size(raw.size),
            f"mode {raw.mode:04o}, {raw.uid}:{raw.gid}, {_time(raw.mtime)}",
        )
        for raw in found.raws.values()
    ]
    return Section(
        f"Files of {found.prefix}", tuple(rows), "" if rows else "There are none; a new mailbox has none yet."
    )


def _index(found: IndexSet) -> Iterator[Section]:
    index = found.index
    if index is None or index.header is None:
        yield Section(
            found.prefix, (), "There is none; small mailboxes have only the log." if index is None else "Unreadable."
        )
        return
    yield Section(f"{found.prefix}: header", tuple(_header("index", index.header._asdict())))
    rows = [
        _extension(name, one.offset, one.record_size, len(one.data), one.reset_id)
        for name, one in index.extensions.items()
    ]
    yield Section(f"{found.prefix}: extensions", tuple(rows))
    yield _messages(found, index)


def _extension(name: str, offset: int, record_size: int, header_size: int, reset_id: int) -> Row:
    value = f"{record_size} bytes a message, {header_size} bytes of its own, reset {reset_id}"
    return Row(name, value, _documented()["extensions"].get(name, ""), offset)


def _messages(found: IndexSet, index: IndexFile) -> Section:
    """As the index and the log together have them."""
    state = found.state
    size = index.header.record_size if index.header else 0
    places = {
        uid: index.header.header_size + at * size for at, (uid, _, _) in enumerate(index.messages()) if index.header
    }
    uids = sorted(state.flags)[-MOST_ROWS:]
    rows = [Row(f"UID {uid}", clean(" ".join(sorted(state.names(uid)))), "", places.get(uid)) for uid in uids]
    note = f"The last {len(rows)} of {len(state.flags)}." if len(rows) < len(state.flags) else ""
    return Section("Messages", tuple(rows), note)


def _logs(found: IndexSet) -> Iterator[Section]:
    for name, log in ((f"{found.prefix}.log.2", found.older), (f"{found.prefix}.log", found.log)):
        if log is not None and log.header is not None:
            yield Section(f"{name}: header", tuple(_header("log", log.header._asdict())))
            yield _transactions(name, log)


def _transactions(name: str, log: LogFile) -> Section:
    first = log.starts[-MOST_ROWS] if len(log.starts) > MOST_ROWS else 0
    rows = [
        Row(TYPES[one.type], f"{one.size} bytes", "done" if one.external else "", one.offset)
        for one in log.records(first)
    ]
    note = f"The last {len(rows)} of {len(log.starts)}. " if len(rows) < len(log.starts) else ""
    return Section(f"{name}: transactions", tuple(rows), note + " ".join(flaw.says for flaw in log.flaws))


def _cache(folder: int, found: IndexSet) -> Iterator[Section]:
    raw = found.raws.get(f"{found.prefix}.cache")
    if raw is None or raw.instead:
        return
    header, fields, flaws = cache_file.parse(raw.data, partial(read_part, folder, raw))
    rows = list(_header("cache", header._asdict())) if header else []
    rows += [
        Row(clean(one.name), one.type, f"kept: {one.decision}, last used {_time(one.last_used)}") for one in fields
    ]
    yield Section(raw.name, tuple(rows), " ".join(flaw.says for flaw in flaws))


def _uidlist(raw: Raw | None) -> Section:
    if raw is None or raw.instead:
        return Section("dovecot-uidlist", (), raw.instead if raw else "There is none.")
    found = uidlist.parse(raw.data)
    rows = [Row("UIDVALIDITY", str(found.uidvalidity)), Row("UIDNEXT", str(found.next_uid))]
    uids = sorted(found.files)[-MOST_ROWS:]
    rows += [Row(f"UID {uid}", clean(found.files[uid].decode("utf-8", "surrogateescape"))) for uid in uids]
    note = f"The last {len(uids)} of {len(found.files)}. " if len(uids) < len(found.files) else ""
    return Section("dovecot-uidlist", tuple(rows), note + " ".join(flaw.says for flaw in found.flaws))


def _keywords(raw: Raw | None) -> Section:
    if raw is None or raw.instead:
        return Section("dovecot-keywords", (), raw.instead if raw else "There is none: no message ever had a keyword.")
    names, wrong = messages.keyword_names(raw.data)
    rows = [Row(chr(ord("a") + at), clean(name), "its letter in file names") for at, name in sorted(names.items())]
    return Section("dovecot-keywords", tuple(rows), f"{wrong} lines are no entries." if wrong else "")


def _header(kind: str, values: Mapping[str, int]) -> Iterator[Row]:
    for name, value in values.items():
        offset, meaning = _documented()[kind][name]
        told = f"{value} ({_time(value)})" if name in _TIMES and value in _SANE_TIMES else str(value)
        yield Row(name, told, meaning, offset)


def _time(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)
