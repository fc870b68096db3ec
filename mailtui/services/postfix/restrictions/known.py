"""The restrictions smtpd(8) knows: postconf(5) ``smtpd_*_restrictions``, SMTPD_ACCESS_README."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

About = Literal["", "client", "helo", "sender", "recipient", "etrn"]
Argument = Literal["", "table", "domain", "server", "seconds"]


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to say of one restriction."""

    name: str
    """As postconf(5) has it, the older names replaced."""
    about: About
    """What it looks at; ``""`` for one that looks at nothing in particular."""
    argument: Argument
    """What stands after it."""
    may: Literal["", "permit", "reject", "both"]
    """What it may answer besides that the next rule decides."""
    says: str
    """What it does, in a few words."""


@cache
def known() -> dict[str, Known]:
    """Every restriction by its name in lower case, the older names too."""
    found: dict[str, Known] = {}
    for name, entry in json.loads((files(__package__) / "known.json").read_text()).items():
        one = Known(name, entry["about"], entry.get("argument", ""), entry["may"], entry["says"])
        found |= dict.fromkeys((name, *entry.get("also", ())), one)
    return found
