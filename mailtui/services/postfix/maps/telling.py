"""Findings about tables, with the words of ``findings.json``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files as data_files
from typing import Any

from mailtui.findings import Finding
from mailtui.services.postfix.maps.used import Table
from mailtui.text import clean

_BUILT = ("unbuilt", "stale", "wrongtype", "damaged", "lacks")


def map_finding(kind: str, table: Table, *evidence: str, count: int = 0) -> Finding:
    """A finding of a kind that ``findings.json`` describes; ``count`` is how many entries it is about."""
    row = words()[kind]
    about = {"kind": table.kind, "file": table.file, "count": count}
    return Finding(
        f"map.{kind}:{clean(table.name)}",
        row["severity"],
        "maps",
        clean(table.name),
        clean(row["title"].format_map(about)),
        tuple(map(clean, evidence)),
        clean(row["advice"].format_map(about)),
        _fix(kind, table),
    )


def _fix(kind: str, table: Table) -> tuple[str, ...]:
    if kind == "unread":
        return ("mailtui", "service", "reload", "postfix")
    if kind == "type" and table.index:
        return ("mailtui", "map", "convert", str(table.file))
    return ("mailtui", "map", "build", str(table.file)) if kind in _BUILT else ()


def domain_finding(kind: str, domain: str, *evidence: str, first: str, fix: tuple[str, ...] = ()) -> Finding:
    """A finding about a domain; ``first`` is the address class that Postfix takes it for."""
    row = words()[kind]
    title = clean(row["title"].format(first=first))
    return Finding(
        f"map.{kind}:{clean(domain)}", row["severity"], "maps", clean(domain), title, tuple(map(clean, evidence)),
        clean(row["advice"]), fix,
    )  # fmt: skip


@cache
def words() -> dict[str, Any]:
    """What is said of each kind."""
    rows: dict[str, Any] = json.loads(data_files(__package__).joinpath("findings.json").read_text(encoding="utf-8"))
    return rows
