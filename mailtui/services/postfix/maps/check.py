"""What is wrong with a table: its type, its files, its lines, its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.maps.files import EDITED, TableFiles, format_of, is_source, look
from mailtui.services.postfix.maps.flaws import Flaw, text_flaws
from mailtui.services.postfix.maps.sources import check_source
from mailtui.services.postfix.maps.targets import Targets
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.maps.uses import Surroundings

LARGEST = 256 * 2**20
"""Bytes; a larger source is not read."""
_PASSWORDS = ("smtp_sasl_password_maps", "lmtp_sasl_password_maps")
_SHOWN = 10


def check_table(table: Table, around: Surroundings, targets: Targets) -> tuple[Finding, ...]:
    """Every finding about one table; asks other tables where its aliases lead."""
    if table.kind not in around.supported:
        return (map_finding("type", table, *map(str, table.uses)),)
    if is_source(table):
        return tuple(check_source(table))
    if table.file is None or table.kind not in EDITED:
        return ()
    files = look(table)
    if files.problem:
        return (map_finding("source", table, files.problem),)
    return (*_about_files(table, files), *_about_text(table, around, targets))


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


def _about_text(table: Table, around: Surroundings, targets: Targets) -> Iterator[Finding]:
    assert table.file is not None
    try:
        source = Source.read(read_file(table.file, limit=LARGEST).data, format_of(table))
    except MailtuiError as error:
        yield map_finding("unreadable", table, error.message)
        return
    yield from told(table, (*text_flaws(table, source, around), *targets.flaws(table, source)))


def told(table: Table, flaws: Sequence[Flaw]) -> Iterator[Finding]:
    """A finding for each kind of flaw, with the first entries of it."""
    for kind in dict.fromkeys(flaw.kind for flaw in flaws):
        of_kind = [flaw for flaw in flaws if flaw.kind == kind]
        yield map_finding(kind, table, *_where(table, of_kind), count=len(of_kind))


def _where(table: Table, flaws: Sequence[Flaw]) -> Iterator[str]:
    for flaw in flaws[:_SHOWN]:
        key = flaw.entry.key.decode("utf-8", "replace")
        yield f"{table.file}:{flaw.entry.first + 1}: {key}{': ' * bool(flaw.detail)}{flaw.detail}"
    if len(flaws) > _SHOWN:
        yield f"and {len(flaws) - _SHOWN} more"
