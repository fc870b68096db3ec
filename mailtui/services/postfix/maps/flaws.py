"""What is wrong with single entries of a table, out of its text alone; so that it can be said while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailtui.services.postfix.addresses.alias_targets import alias_targets
from mailtui.services.postfix.maps.order import case_turned_on, never_reached
from mailtui.services.postfix.maps.text import Entry, Source, decoded
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.maps.uses import Surroundings, never_asked, shapes
from mailtui.services.postfix.maps.values import judge_of
from mailtui.services.postfix.tables import COMPILED


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with one entry."""

    kind: str
    """Of ``findings.json``."""
    entry: Entry
    detail: str = ""
    """What the kind alone does not say; as it stands in the file, not cleaned."""


def text_flaws(table: Table, source: Source, around: Surroundings) -> tuple[Flaw, ...]:
    """Every flaw that the text of a table shows, in the order of its lines."""
    found = [*_forms(source), *_comments(source), *_twice(table, source), *_hidden(source)]
    found += _keys(table, source, around) if _is_by_key(table) else ()
    found += _values(table, source, around)
    found += _programs(source)
    return tuple(sorted(found, key=lambda flaw: flaw.entry.first))


def _is_by_key(table: Table) -> bool:
    """Whether a table is looked up by whole keys."""
    return table.kind in COMPILED or table.kind == "texthash"


def _forms(source: Source) -> Iterator[Flaw]:
    for entry in source.entries:
        if not entry.readable:
            yield Flaw("form", entry)


def _comments(source: Source) -> Iterator[Flaw]:
    if source.format == "regexp":
        return
    for entry in source.entries:
        if b"#" in entry.value and b" #" in entry.value.replace(b"\t", b" "):
            yield Flaw("comment", entry)


def _twice(table: Table, source: Source) -> Iterator[Flaw]:
    """The second and later entries of a key."""
    if not _is_by_key(table):
        return
    seen: dict[bytes, Entry] = {}
    for entry in source.entries:
        first = seen.setdefault(source.asked_as(entry), entry)
        if first is not entry:
            yield Flaw("duplicate", entry, f"stands on line {first.first + 1} already")


def _hidden(source: Source) -> Iterator[Flaw]:
    if source.format in ("regexp", "cidr"):
        for entry, why in never_reached(source.entries, source.format):
            yield Flaw("hidden", entry, why)
    if source.format == "regexp":
        yield from (Flaw("case", entry) for entry in source.entries if case_turned_on(entry))


def _keys(table: Table, source: Source, around: Surroundings) -> Iterator[Flaw]:
    asked_for = shapes(table)
    if not asked_for:
        return
    for entry in source.entries:
        why = never_asked(entry.key.decode("utf-8", "replace"), asked_for, around)
        if why:
            yield Flaw("key", entry, why)


def _programs(source: Source) -> Iterator[Flaw]:
    """What aliases(5) lets mail do besides reaching somebody."""
    if source.format == "aliases":
        for entry in source.entries:
            for target in alias_targets(decoded(entry.value)):
                if target.startswith(("|", "/")) or target.lower().startswith(":include:"):
                    yield Flaw("runs", entry, target)


def _values(table: Table, source: Source, around: Surroundings) -> Iterator[Flaw]:
    judge = judge_of(table)
    if judge is None:
        return
    for entry in source.entries:
        if entry.readable and entry.key.lower() not in (b"if", b"endif"):
            why = judge(entry.value.decode("utf-8", "replace"), around)
            if why:
                yield Flaw("value", entry, why)
