"""What is wrong with a table: its type, its files, its lines, its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.maps.files import EDITED, TableFiles, format_of, is_source, look
from mailtui.services.postfix.maps.sources import check_source
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Entry, Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import COMPILED

LARGEST = 256 * 2**20
"""Bytes; a larger source is not read."""
_PASSWORDS = ("smtp_sasl_password_maps", "lmtp_sasl_password_maps")
_SHOWN = 10


def check_table(table: Table, supported: frozenset[str]) -> tuple[Finding, ...]:
    """Every finding about one table; reads its files, runs nothing."""
    if table.kind not in supported:
        return (map_finding("type", table, *map(str, table.uses)),)
    if is_source(table):
        return tuple(check_source(table))
    if table.file is None or table.kind not in EDITED:
        return ()
    files = look(table)
    if files.problem:
        return (map_finding("source", table, files.problem),)
    return (*_about_files(table, files), *_about_text(table))


def _about_files(table: Table, files: TableFiles) -> Iterator[Finding]:
    if table.index and files.index_time is None:
        yield map_finding("unbuilt", table, f"there is no {table.index}")
    elif files.stale:
        yield map_finding("stale", table, f"{table.index} is older than {table.file}")
    mode = files.mode or 0
    if mode & 0o044 and any(use.parameter in _PASSWORDS for use in table.uses):
        yield map_finding("secret", table, f"{table.file} has mode {mode:04o}")
    if mode & 0o002:
        yield map_finding("writable", table, f"{table.file} has mode {mode:04o}")


def _about_text(table: Table) -> Iterator[Finding]:
    assert table.file is not None
    try:
        source = Source.read(read_file(table.file, limit=LARGEST).data, format_of(table))
    except MailtuiError as error:
        yield map_finding("unreadable", table, error.message)
        return
    kinds = {"form": _no_entries(source), "comment": _comments(source), "duplicate": _twice(table, source)}
    for kind, entries in kinds.items():
        if entries:
            yield map_finding(kind, table, *_where(table, entries), count=len(entries))


def _no_entries(source: Source) -> list[Entry]:
    return [entry for entry in source.entries if not entry.readable]


def _comments(source: Source) -> list[Entry]:
    if source.format == "regexp":
        return []
    return [entry for entry in source.entries if b" #" in entry.value.replace(b"\t", b" ")]


def _twice(table: Table, source: Source) -> list[Entry]:
    """The second and later entries of a key; only where a table is looked up by whole keys."""
    if table.kind not in COMPILED and table.kind != "texthash":
        return []
    seen: set[bytes] = set()
    later = []
    for entry in source.entries:
        key = entry.key.strip(b'"').lower()
        if key in seen:
            later.append(entry)
        seen.add(key)
    return later


def _where(table: Table, entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries[:_SHOWN]:
        yield f"{table.file}:{entry.first + 1}: {entry.key.decode('utf-8', 'replace')}"
    if len(entries) > _SHOWN:
        yield f"and {len(entries) - _SHOWN} more"
