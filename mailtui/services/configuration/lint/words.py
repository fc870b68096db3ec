"""Findings about configuration, in the words of ``findings.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.services.configuration.dangers import Danger
from mailtui.services.configuration.model import Program, Setting
from mailtui.text import clean

AREA = "configuration"


def finding(kind: str, subject: str, *evidence: str, fix: Sequence[str] = (), **values: str) -> Finding:
    """A finding of a kind about a parameter or a service; ``values`` are filled into its words."""
    words = _words()[kind]
    shown = {name: clean(value) for name, value in values.items()}
    return Finding(
        f"configuration.{kind}:{clean(subject)}",
        words["severity"],
        AREA,
        clean(subject),
        words["title"].format(**shown),
        tuple(clean(one) for one in evidence if one),
        words["advice"].format(**shown),
        tuple(fix),
    )


def danger_finding(program: Program, setting: Setting, found: Danger, *evidence: str) -> Finding:
    """The finding of a value that does harm."""
    fix = () if found.better is None else ("mailtui", "config", "set", program, f"{setting.name}={found.better}")
    said = finding("danger", setting.name, *evidence, fix=fix, title=found.title, advice=found.advice)
    return replace(said, severity=found.severity)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(files(__package__).joinpath("findings.json").read_text(encoding="utf-8"))
    return words
