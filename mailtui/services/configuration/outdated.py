"""Parameters and restrictions of older versions, and what has replaced them: ``postfix_names.json``.

Source: DEPRECATION_README and the release notes of Postfix; the howtos of the web for what never was Postfix's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mailtui.services.configuration.model import Setting


@dataclass(frozen=True, slots=True)
class Outdated:
    """A name of old, and what is known of it."""

    name: str
    to: str
    """The name that has replaced it; ``""`` where nothing has to."""
    note: str
    gone: bool
    """Whether Postfix has it no more, or never had."""
    by_hand: bool
    """Whether its value means something else under the new name."""
    values: Mapping[str, str]
    """The new value for each old one; a value that is not named stays what it is."""

    def advice(self, value: str) -> str:
        """What to write instead of it with this value."""
        new = [one for one in self.settings(value) or () if one.value is not None]
        written = f"{new[0].name} = {new[0].value}" if new else self.to
        instead = f"Write {written} instead." if written else "Leave it out."
        return " ".join(filter(None, (instead, self.note)))

    def settings(self, value: str, taken: bool = False) -> tuple[Setting, ...] | None:
        """What to set instead, the old name taken away; None where a person has to decide.

        ``taken`` says that the new name is set already, which has kept the old one without effect.
        """
        away = Setting(self.name, None)
        if not self.to or taken:
            return (away,)
        new = self.values.get(value.lower(), value)
        if self.by_hand or (self.values and value.lower() not in self.values):
            return None
        return (Setting(self.to, new), away) if new else (away,)


def outdated_parameter(name: str) -> Outdated | None:
    """What is known of a parameter's old name."""
    return _known("parameters").get(name)


def outdated_restrictions(value: str) -> Iterator[Outdated]:
    """The restrictions of old in a list of them."""
    known = _known("restrictions")
    for word in dict.fromkeys(value.replace(",", " ").split()):
        if word in known:
            yield known[word]


def renewed_restrictions(value: str) -> str:
    """A list of restrictions with today's names, where there is one for the old."""
    known = _known("restrictions")
    if not any(one.to for one in outdated_restrictions(value)):
        return value
    parts = [part.strip() for part in value.split(",")] if "," in value else value.split()
    new = [one for part in parts for one in (known[part].to.split(", ") if part in known else [part])]
    return ", ".join(dict.fromkeys(filter(None, new)))


@cache
def _known(kind: str) -> dict[str, Outdated]:
    data: dict[str, dict[str, Any]] = json.loads(
        files(__package__).joinpath("postfix_names.json").read_text(encoding="utf-8")
    )[kind]
    return {
        name: Outdated(
            name,
            one.get("to", ""),
            one.get("note", ""),
            "gone" in one,
            one.get("by_hand", False),
            one.get("values", {}),
        )
        for name, one in data.items()
    }
