"""Values that work and do harm, whoever recommends them: ``dangers.json``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.findings import Severity
from mailtui.services.configuration.model import Program, Setting


@dataclass(frozen=True, slots=True)
class Danger:
    """What is wrong with a value."""

    severity: Severity
    title: str
    advice: str
    better: str | None = None
    """The value to write instead, where one is always right."""
    needs: str = ""
    """``name=value`` of another parameter without which it does nothing; no value: that parameter must not be set."""


def danger(program: Program, setting: Setting, *, reached: bool = True, advised: bool = False) -> Danger | None:
    """What is wrong with a setting; None where nothing is known to be.

    ``reached`` is false for a program that listens only to its own machine; ``advised`` says that somebody recommends
    it, for values that are bad advice and yet may be right where they stand.
    """
    *blocks, name = re.split(r"[/{]", setting.name)
    value = " ".join((setting.value or "").split())
    for one in _dangers():
        if one["program"] != program or one["name"] != name.strip():
            continue
        if (one.get("scope") == "main" and blocks) or (one.get("reach") == "net" and not reached):
            continue
        if one.get("inside", "") not in "".join(blocks[-1:]) or (one.get("advised") and not advised):
            continue
        if re.fullmatch(one["value"], value, re.IGNORECASE):
            return Danger(one["severity"], one["title"], one["advice"], one.get("better"), one.get("needs", ""))
    return None


@cache
def _dangers() -> list[dict[str, Any]]:
    dangers: list[dict[str, Any]] = json.loads(files(__package__).joinpath("dangers.json").read_text(encoding="utf-8"))
    return dangers
