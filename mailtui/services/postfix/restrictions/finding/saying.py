"""Findings about restrictions, in the words of ``findings.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.text import clean

_NAMING = ("rule", "table", "server", "parameter")
"""The values that tell one finding of a kind from another."""


def say(kind: str, subject: str, evidence: Sequence[str] = (), fix: Sequence[str] = (), **values: object) -> Finding:
    """A finding of a kind about a service, a parameter or a table; ``values`` are filled into its words."""
    words = _words()[kind]
    shown = {name: clean(str(value)) for name, value in values.items()}
    mark = ":".join(
        (clean(subject), *(shown[name] for name in ("rule", "table", "server", "parameter") if name in shown))
    )
    return Finding(
        f"restrictions.{kind}:{mark}",
        words["severity"],
        "configuration",
        clean(subject),
        words["title"].format(**shown),
        tuple(map(clean, evidence)),
        words["advice"].format(**shown),
        tuple(fix),
    )


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("findings.json").read_text(encoding="utf-8"))
    return words
