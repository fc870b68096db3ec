"""What the screens of lookup tables ask of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailtui.changes.plan import Plan
    from mailtui.filters import Filter
    from mailtui.findings import Finding
    from mailtui.services.postfix.maps.asking import Asked
    from mailtui.services.postfix.maps.remarks import Judged, Remark
    from mailtui.services.postfix.maps.rows import Rows
    from mailtui.services.postfix.maps.service import Answer
    from mailtui.services.postfix.maps.used import Table


class MapsPort(Protocol):
    """Lookup tables; all of it may run tools."""

    def survey(self) -> tuple[Table, ...]:
        """The tables in use."""

    def check(self) -> tuple[Finding, ...]:
        """What is wrong with those of the last survey; may take long."""

    def rows(self, table: Table, where: Filter) -> Rows:
        """The entries of one."""

    def judge(self, table: Table) -> Judged:
        """What is wrong with one, entry by entry."""

    def text(self, table: Table) -> bytes:
        """The text of one."""

    def remarks(self, table: Table, data: bytes) -> Sequence[Remark]:
        """What is wrong with a text that it might get."""

    def try_key(self, table: Table, data: bytes, key: str) -> Asked:
        """What it would answer with that text."""

    def get(self, file: Path, key: str) -> Sequence[Answer]:
        """What the tables of a file answer to a key."""


class MapPlansPort(Protocol):
    """What can be done to lookup tables, as plans."""

    def set(self, file: Path, key: str, value: str) -> Plan:
        """Give a key a value."""

    def unset(self, file: Path, key: str) -> Plan:
        """Take a key out."""

    def build(self, file: Path) -> Plan:
        """Compile."""

    def edit(self, file: Path, before: bytes, data: bytes) -> Plan:
        """Give it another text in place of the one that was read."""
