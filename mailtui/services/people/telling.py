"""Findings about users, with the words of ``findings.json``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.text import clean


def say(kind: str, user: str, *evidence: str, path: object = "", owner: str = "") -> Finding:
    """A finding of a kind that ``findings.json`` describes; its text cleaned."""
    row = _words()[kind]
    return Finding(
        f"user.{kind}:{clean(user)}",
        row["severity"],
        "mailboxes",
        clean(user),
        row["title"],
        tuple(map(clean, evidence)),
        clean(row["advice"].format(path=path, owner=owner)),
    )


@cache
def _words() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((files(__package__) / "findings.json").read_text())
    return known
