"""Findings about TLS in the words of ``words.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.text import clean


def finding(
    kind: str, subject: str, evidence: Sequence[str] = (), *, fix: Sequence[str] | None = None, **words: object
) -> Finding:
    """A finding of a kind; ``words`` fill its sentences and the command that mends it, unless ``fix`` is given."""
    row = _rows()[kind]
    filled = {name: clean(str(word)) for name, word in words.items()}
    named = tuple(word.format_map(filled) for word in row.get("fix", ()))
    return Finding(
        f"tls.{kind}:{clean(subject)}",
        row["severity"],
        row.get("area", "certificates"),
        clean(subject),
        row["title"].format_map(filled),
        tuple(clean(one) for one in evidence if one),
        row["advice"].format_map(filled),
        tuple(fix) if fix is not None else named,
    )


@cache
def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(files(__package__).joinpath("words.json").read_text(encoding="utf-8"))
    return rows
