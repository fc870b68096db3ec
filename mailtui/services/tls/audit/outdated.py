"""Parameters that guides still recommend and that are better not set; which these are stands in ``settings.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Finding
from mailtui.services.configuration.model import Program
from mailtui.services.tls.audit.model import Version
from mailtui.services.tls.words import finding


def outdated(program: Program, version: Version, values: Mapping[str, str], set_here: Set[str]) -> Iterator[Finding]:
    """One for each that is set in the program's files."""
    for rule in _rules():
        if rule["program"] != program or version < tuple(rule["since"]):
            continue
        found = [name for name in rule["parameters"] if name in set_here and _applies(rule, values.get(name, ""))]
        for names in [found] if rule.get("together") and found else [[name] for name in found]:
            evidence = [f"{name} = {values[name]}" for name in names]
            fix = () if rule.get("kept") else ("mailtui", "config", "unset", program, *names)
            yield finding(rule["kind"], names[0], evidence, fix=fix, why=rule.get("why", ""))


def _applies(rule: Mapping[str, Any], value: str) -> bool:
    if not value or value == rule.get("except"):
        return False
    return re.search(rule["matches"], value) is not None if "matches" in rule else True


@cache
def _rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(files(__package__).joinpath("settings.json").read_text(encoding="utf-8"))
    return rules
