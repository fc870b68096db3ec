"""What is wrong with a table: its type, its files, its lines, its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.services.postfix.addresses.lookups import Lookups
from mailtui.services.postfix.maps.files import EDITED, TableFiles, format_of, is_source, look
from mailtui.services.postfix.maps.flaws import Flaw, text_flaws
from mailtui.services.postfix.maps.formats import written_as
from mailtui.services.postfix.maps.holders import Holders
from mailtui.services.postfix.maps.indexes import check_index
from mailtui.services.postfix.maps.remarks import Judged, Remark, remarks_of
from mailtui.services.postfix.maps.sources import check_source
from mailtui.services.postfix.maps.targets import Targets
from mailtui.services.postfix.maps.telling import map_finding
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.maps.uses import Surroundings
from mailtui.text import human_size

LOOKED_AT = 16 * 2**20
"""Bytes; the entries of a larger source are looked at only where somebody asks for just that."""
LARGEST = 256 * 2**20
"""Bytes; a larger source is not read."""
_SHOWN = 10


class Checker:
    """Judges the tables of one Postfix."""

    def __init__(
        self,
        around: Surroundings,
        targets: Targets,
        holders: Holders | None = None,
        lookups: Lookups | None = None,
    ) -> None:
        """``lookups``: to ask indexes for what stands in their source; without it none are."""
        self._around = around
        self._lookups = lookups
        self._holders = holders or Holders(())
        self._targets = targets

    def table(self, table: Table, *, limit: int = LOOKED_AT) -> Judged:
        """Everything about one table as it lies there; asks other tables where its aliases lead.

        Of a source larger than ``limit`` bytes the entries are not looked at, which is said.
        """
        if table.kind not in self._around.supported:
            return Judged((map_finding("type", table, *map(str, table.uses)),))
        if is_source(table):
            return Judged(tuple(check_source(table)))
        if table.file is None or table.kind not in EDITED:
            return Judged()
        files = look(table)
        if files.problem:
            return Judged((map_finding("source" if table.index else "lost", table, files.problem),))
        about_files = (*_about_files(table, files), *self._unread(table, files))
        if files.size > limit:
            return Judged((*about_files, map_finding("large", table, human_size(files.size))))
        try:
            source = Source.read(read_file(table.file, limit=LARGEST).data, format_of(table))
        except MailtuiError as error:
            return Judged((*about_files, map_finding("unreadable", table, error.message)))
        flaws = self._flaws(table, source)
        return Judged((*about_files, *self._about_index(table, source, files), *_told(table, flaws)), remarks_of(flaws))

    def text(self, table: Table, source: Source) -> tuple[Remark, ...]:
        """What is wrong with a text that is not saved yet."""
        return remarks_of(self._flaws(table, source))

    def _unread(self, table: Table, files: TableFiles) -> Iterator[Finding]:
        older = self._holders.older_than(table, files.source_time or 0.0)
        if older:
            yield map_finding("unread", table, f"{table.file} was changed after these began: {', '.join(older)}")

    def _about_index(self, table: Table, source: Source, files: TableFiles) -> Iterator[Finding]:
        if self._lookups is None or files.index_time is None or (table.index and _another_type(table, table.index)):
            return
        yield from check_index(table, source, self._lookups, files)

    def _flaws(self, table: Table, source: Source) -> tuple[Flaw, ...]:
        return (*text_flaws(table, source, self._around), *self._targets.flaws(table, source))


def _about_files(table: Table, files: TableFiles) -> Iterator[Finding]:
    if table.index and files.index_time is None:
        yield map_finding("unbuilt", table, f"there is no {table.index}")
    elif really := _another_type(table, table.index) if table.index else "":
        yield map_finding("wrongtype", table, f"{table.index} is of type {really}")
    elif files.stale:
        yield map_finding("stale", table, f"{table.index} is older than {table.file}")
    mode = files.mode or 0
    if mode & 0o044 and table.holds_secrets:
        yield map_finding("secret", table, f"{table.file} has mode {mode:04o}")
    if mode & 0o002:
        yield map_finding("writable", table, f"{table.file} has mode {mode:04o}")


def _another_type(table: Table, index: Path) -> str:
    """The type that an index really has, where it is not the one that Postfix is told."""
    really = written_as(index)
    return really if really != table.kind else ""


def _told(table: Table, flaws: Sequence[Flaw]) -> Iterator[Finding]:
    """A finding for each kind of flaw, with the first entries of it."""
    for kind in dict.fromkeys(flaw.kind for flaw in flaws if flaw.kind != "overlap"):  # told of the domain itself
        of_kind = [flaw for flaw in flaws if flaw.kind == kind]
        yield map_finding(kind, table, *_where(table, of_kind), count=len(of_kind))


def _where(table: Table, flaws: Sequence[Flaw]) -> Iterator[str]:
    for flaw in flaws[:_SHOWN]:
        key = flaw.entry.key.decode("utf-8", "replace")
        yield f"{table.file}:{flaw.entry.first + 1}: {key}{': ' * bool(flaw.detail)}{flaw.detail}"
    if len(flaws) > _SHOWN:
        yield f"and {len(flaws) - _SHOWN} more"
