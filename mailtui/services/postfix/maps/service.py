"""The tables of one Postfix, as an operator asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailtui.filters import Filter
from mailtui.findings import Finding
from mailtui.host.errors import UsageError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.asking import Asker
from mailtui.services.postfix.maps.check import LARGEST, check_table
from mailtui.services.postfix.maps.files import EDITED, TableFiles, format_of, look
from mailtui.services.postfix.maps.overlaps import overlaps
from mailtui.services.postfix.maps.recipients import Recipients
from mailtui.services.postfix.maps.rows import Rows, rows_of
from mailtui.services.postfix.maps.sources import check_answers
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

    @property
    def surroundings(self) -> Surroundings:
        """What else is configured that decides what a table may hold."""
        return Surroundings.of(self._postfix, self.tables.supported)

    def files(self, table: Table) -> TableFiles:
        """What lies on disk for a table."""
        return look(table)

    def check(self, file: Path | None = None) -> tuple[Finding, ...]:
        """What is wrong with every table, or with those of one file. Raises UsageError for a file of none."""
        tables = self.tables.used if file is None else self.of_file(file)
        around, recipients = self.surroundings, Recipients(self._tools, self._postfix)
        targets = Targets(recipients)
        able = [table for table in tables if table.kind in around.supported]
        return (
            *(finding for table in tables for finding in check_table(table, around, targets)),
            *check_answers(able, Asker(self._tools, self._postfix.where)),
            *(overlaps(recipients) if file is None else ()),
        )

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
            raise UsageError(f"the entries of {clean(table.name)} stand in no file that could be edited")
        return Source.read(read_file(table.file, limit=LARGEST).data, format_of(table))

    def survey(self) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
        """The tables in use as Postfix names them now, and what is wrong with them."""
        self._postfix = self._postfix.again()
        self.tables = Tables(self._tools, self._postfix)
        return self.tables.used, self.check()

    def rows(self, table: Table, where: Filter) -> Rows:
        """The entries of a table for reading. Raises what ``source`` raises."""
        targets = Targets(Recipients(self._tools, self._postfix))
        return rows_of(self.source(table), where, check_table(table, self.surroundings, targets))

    def _ask(self, table: Table, key: str) -> Answer:
        asked = Asker(self._tools, self._postfix.where).ask(table, key)
        raw = key.encode("utf-8", "surrogateescape")
        entries = self.source(table).find(raw) if table.kind in EDITED else ()
        return Answer(table, asked.value, entries, asked.problem)
