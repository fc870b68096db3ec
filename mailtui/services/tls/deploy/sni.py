"""Postfix's SNI tables: which entries a new certificate takes over, and the steps that rebuild them (TLS_README)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailtui.changes.plan import Step
from mailtui.services.postfix.maps.files import EDITED
from mailtui.services.postfix.maps.plans import MapPlans
from mailtui.services.postfix.maps.service import Maps
from mailtui.services.postfix.maps.text import Entry, Source
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import words
from mailtui.services.tls.deploy.model import NewFiles
from mailtui.services.tls.deploy.private import private_step
from mailtui.services.tls.facts import covers
from mailtui.text import clean


@dataclass(frozen=True, slots=True)
class SniTable:
    """A table and the entries of it that change."""

    table: Table
    file: Path
    source: Source
    entries: tuple[Entry, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """A name for each entry under which a client gets it: ``.parent`` stands for all names below."""
        keys = [entry.key.decode("ascii", "replace").lower() for entry in self.entries]
        return tuple(f"mail{key}" if key.startswith(".") else key for key in keys)

    @property
    def files(self) -> tuple[str, ...]:
        """The files they name now."""
        values = (entry.value.decode("utf-8", "surrogateescape") for entry in self.entries)
        return tuple(file for value in values for file in words(value))


def sni_tables(maps: Maps, names: tuple[str, ...]) -> tuple[SniTable, ...]:
    """The tables of ``tls_server_sni_maps`` with entries that a certificate for ``names`` stands for."""
    found = []
    for table in maps.tables.used:
        if not table.holds_files or table.file is None or table.kind not in EDITED:
            continue
        source = maps.source(table)
        entries = tuple(entry for entry in source.entries if entry.readable and _covered(entry.key, names))
        if entries:
            found.append(SniTable(table, table.file, source, entries))
    return tuple(found)


def sni_steps(tables: tuple[SniTable, ...], plans: MapPlans, new: NewFiles) -> tuple[Step, ...]:
    """The steps that name the new files in them, and build them: their index holds the files' content."""
    steps: list[Step] = []
    for one in tables:
        source = one.source
        value = (new.both or f"{new.key} {new.chain}").encode()
        for entry in one.entries:
            source = source.with_value(entry.key, value)
        private = private_step([one.file, *([one.table.index] if one.table.index else [])])
        if private:
            steps.append(private)
        steps += plans.save(one.file, source.data, {}, f"build {clean(str(one.file))}").steps
    return tuple(steps)


def _covered(key: bytes, names: tuple[str, ...]) -> bool:
    host = key.decode("ascii", "replace")
    return covers(f"mail{host}" if host.startswith(".") else host, names)
