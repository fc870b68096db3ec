"""The tables of one Postfix, as an operator asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from mailtui.filters import Filter
from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.asking import Asked, Asker
from mailtui.services.postfix.maps.build import Builder, Target, tool_of
from mailtui.services.postfix.maps.check import LARGEST, LOOKED_AT, Checker
from mailtui.services.postfix.maps.duties import missing_aliases
from mailtui.services.postfix.maps.files import EDITED, TableFiles, format_of, look
from mailtui.services.postfix.maps.holders import Holders
from mailtui.services.postfix.maps.masking import HIDDEN
from mailtui.services.postfix.maps.overlaps import overlaps
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.remarks import Judged, Remark
from mailtui.services.postfix.maps.rows import Rows, rows_of
from mailtui.services.postfix.maps.sources import check_answers, unanswered
from mailtui.services.postfix.maps.targets import Targets
from mailtui.services.postfix.maps.text import Entry, Source
from mailtui.services.postfix.maps.used import Table, Tables
from mailtui.services.postfix.maps.uses import Surroundings
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table knows of one key."""

    table: Table
    value: str | None
    """What Postfix gets; None where the table has no such key. Not cleaned: it is a value, not a text."""
    entries: tuple[Entry, ...]
    """Where the key stands in the source; a compiled table may know it otherwise."""
    problem: str = ""
    """Why the table could not be asked."""


class Maps:
    """Tables in use, what is wrong with them, what they answer. Raises what ``Tools.run`` raises."""

    def __init__(self, tools: Tools, postfix: PostfixConfig) -> None:
        self._tools = tools
        self._postfix = postfix
        self.tables = Tables(tools, postfix)
        """The tables in use, as of the last survey."""
        self._checker: Checker | None = None
        self._last: tuple[object, Source] | None = None

    def files(self, table: Table) -> TableFiles:
        """What lies on disk for a table."""
        return look(table)

    def check(self, file: Path | None = None) -> tuple[Finding, ...]:
        """What is wrong with every table, or with those of one file, however large. Raises UsageError for none."""
        tables = self.tables.used if file is None else self.of_file(file)
        recipients = Recipients(self._tools, self._postfix)
        checker = self._new_checker(recipients)
        limit = LOOKED_AT if file is None else LARGEST
        able = [table for table in tables if table.kind in self.tables.supported]
        silent = check_answers(able, Asker(self._tools, self._postfix.where), recipients.lookups.patience)
        found = (
            *(finding for table in tables for finding in checker.table(table, limit=limit).findings),
            *silent,
            *(overlaps(recipients) if file is None else ()),
            *missing_aliases(tables, recipients),
        )
        return (*found, *unanswered(recipients.lookups.patience, found))

    def judge(self, table: Table) -> Judged:
        """What is wrong with one table, entry by entry."""
        self._checker = self._new_checker()
        return self._checker.table(table)

    def remarks(self, table: Table, data: bytes, key: str = "") -> tuple[Remark, ...]:
        """What is wrong with a text that a table might get, or with one key of it.

        What ``judge`` has asked is not asked again.
        """
        checker = self._checker = self._checker or self._new_checker()
        text = Source.read(data, format_of(table))
        lines = {entry.first + 1 for entry in text.find(key.encode("utf-8", "surrogateescape"))} if key else set()
        return tuple(remark for remark in checker.text(table, text) if not key or remark.line in lines)

    def of_file(self, file: Path) -> tuple[Table, ...]:
        """The tables made of a file. Raises UsageError where Postfix uses none of it."""
        found = self.tables.of_file(file)
        if not found:
            raise UsageError(
                f"Postfix uses no table of {clean(str(file))}", unlock="mailtui map list shows those it uses"
            )
        return found

    def get(self, file: Path, key: str) -> tuple[Answer, ...]:
        """What each table of a file answers to a key (postmap -q)."""
        return tuple(self._ask(table, key) for table in self.of_file(file))

    def source(self, table: Table) -> Source:
        """The text of a table. Raises PermissionDenied, HostError or UsageError where there is none to edit."""
        if table.file is None or table.kind not in EDITED:
            raise UsageError(
                f"the entries of {clean(table.name)} stand in no file that could be edited",
                unlock="mailtui map get asks it; change them where they are kept",
            )
        return Source.read(read_file(table.file, limit=LARGEST).data, format_of(table))

    def survey(self) -> tuple[Table, ...]:
        """The tables in use as Postfix names them now."""
        self._postfix = self._postfix.again()
        self.tables = Tables(self._tools, self._postfix)
        return self.tables.used

    def rows(self, table: Table, where: Filter) -> Rows:
        """The entries of a table for reading. Raises what ``source`` raises."""
        return rows_of(self._source_again(table), where, secret=table.holds_secrets)

    def text(self, table: Table) -> bytes:
        """A table's text as it is. Raises what ``source`` raises."""
        return self.source(table).data

    def try_key(self, table: Table, data: bytes, key: str) -> Asked:
        """What a table would answer with another text. Raises HostError where that cannot be built, UsageError."""
        assert table.file is not None
        target = Target(table.kind, table.file, tool_of(table, self._postfix.where))
        with Builder(self._tools).tried(target, data) as trial:
            asker = Asker(self._tools, self._postfix.where)
            return _shown(table, asker.ask(Table(f"{table.kind}:{trial.source}", table.uses), key))

    def _new_checker(self, recipients: Recipients | None = None) -> Checker:
        recipients = recipients or Recipients(self._tools, self._postfix)
        return Checker(
            Surroundings.of(self._postfix, self.tables.supported),
            Targets(recipients),
            Holders.of(self._postfix),
            recipients.lookups,
        )

    def _source_again(self, table: Table) -> Source:
        """The text as it was read last, if the file is still the same: filtering a million entries reads them once."""
        assert table.file is not None or table.kind not in EDITED
        there = table.file.stat() if table.file and table.file.exists() else None
        state = (table.name, there and (there.st_ino, there.st_size, there.st_mtime_ns))
        if self._last is None or self._last[0] != state:
            self._last = (state, self.source(table))
        return self._last[1]

    def _ask(self, table: Table, key: str) -> Answer:
        asked = Asker(self._tools, self._postfix.where).ask(table, key)
        raw = key.encode("utf-8", "surrogateescape")
        entries = self.source(table).find(raw) if table.kind in EDITED else ()
        if table.holds_secrets:
            entries = tuple(replace(entry, value=HIDDEN.encode()) for entry in entries)
        return Answer(table, _shown(table, asked).value, entries, asked.problem)


def _shown(table: Table, asked: Asked) -> Asked:
    """The answer as people may see it."""
    return replace(asked, value=HIDDEN) if table.holds_secrets and asked.value is not None else asked
