"""Lookup tables with a fixed story to tell: one was edited and not compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailtui.changes.plan import Plan, Step
from mailtui.filters import Filter
from mailtui.findings import Finding
from mailtui.host.errors import MailtuiError
from mailtui.services.postfix.maps.asking import Asked
from mailtui.services.postfix.maps.flaws import text_flaws
from mailtui.services.postfix.maps.remarks import Judged, Remark, remarks_of
from mailtui.services.postfix.maps.rows import Rows, rows_of
from mailtui.services.postfix.maps.service import Answer
from mailtui.services.postfix.maps.text import Source, decoded
from mailtui.services.postfix.maps.used import Table, Use
from mailtui.services.postfix.maps.uses import Surroundings

VIRTUAL = Table("hash:/etc/postfix/virtual", (Use("virtual_alias_maps"),))
PATTERNS = Table("regexp:/etc/postfix/header_checks", (Use("header_checks"), Use("header_checks", "smtp/inet")))
ENTRIES = """\
# Who gets what
info@shop.example anna@shop.example, bob@shop.example
sales@shop.example\tcarol@shop.example
lonely
evil@shop.example [bold]\x1b[31mred\u202e
"""
STALE = Finding(
    f"map.stale:{VIRTUAL.name}",
    "error",
    "maps",
    VIRTUAL.name,
    "was edited and not compiled: Postfix does not know the last changes",
    ("/etc/postfix/virtual.db is older than /etc/postfix/virtual",),
    "Build it.",
)


@dataclass
class FakeMaps:
    content: bytes = ENTRIES.encode()
    error: MailtuiError | None = None

    def survey(self) -> tuple[Table, ...]:
        if self.error:
            raise self.error
        return VIRTUAL, PATTERNS

    def check(self) -> tuple[Finding, ...]:
        return (STALE,)

    def rows(self, table: Table, where: Filter) -> Rows:
        return rows_of(Source.read(self.content), where)

    def judge(self, table: Table) -> Judged:
        return Judged((STALE,), tuple(self.remarks(table, self.content)))

    def text(self, table: Table) -> bytes:
        return self.content

    def remarks(self, table: Table, data: bytes) -> Sequence[Remark]:
        return remarks_of(text_flaws(VIRTUAL, Source.read(data), Surroundings()))

    def try_key(self, table: Table, data: bytes, key: str) -> Asked:
        return Asked(next((decoded(one.value) for one in Source.read(data).find(key.encode())), None))

    def get(self, file: Path, key: str) -> Sequence[Answer]:
        return (Answer(VIRTUAL, "anna@shop.example", Source.read(self.content).find(key.encode())),)


@dataclass
class FakeMapPlans:
    made: list[tuple[str, ...]] = field(default_factory=list)

    def set(self, file: Path, key: str, value: str) -> Plan:
        return self._plan("set", str(file), key, value)

    def unset(self, file: Path, key: str) -> Plan:
        return self._plan("unset", str(file), key)

    def build(self, file: Path) -> Plan:
        return self._plan("build", str(file))

    def edit(self, file: Path, before: bytes, data: bytes) -> Plan:
        return self._plan("edit", str(file), data.decode())

    def _plan(self, *words: str) -> Plan:
        self.made.append(words)
        return Plan(" ".join(words), (Step("map-save", {}, "as asked", (("postmap", words[1]),)),))
