"""Settings that Dovecot renamed or dropped, and what to write for them: ``dovecot_names.json``.

Source: doc.dovecot.org, "Upgrading": 1.2 to 2.0, 2.2 to 2.3, 2.3 to 2.4.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_NOT = {"yes": "no", "no": "yes"}
_BACK = {"same", "file", "invert", "read"}
"""Changes that can be turned round."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """What became of a setting."""

    name: str
    to: str
    """``""`` where nothing took its place."""
    since: str
    """The version of Dovecot in which that happened."""
    how: str
    """What becomes of the value: ``same``, ``file`` (a name without ``<``), ``read`` (one with it), ``invert``, …;
    ``gone`` and ``by_hand`` where no value can be told."""
    note: str = ""

    @property
    def advice(self) -> str:
        """What to write instead."""
        if self.how == "by_hand":
            instead = ""
        elif self.to and self.how not in _VALUES:
            instead = f"Since {self.since} it is {self.to} = {self.how}."
        else:
            instead = f"Since {self.since} it is {self.to}." if self.to else f"It is gone since {self.since}."
        return " ".join(filter(None, (instead, self.note)))

    def value(self, old: str) -> str | None:
        """The value under the new name; None where a person has to decide."""
        match self.how:
            case "same":
                return old
            case "file":
                return old.removeprefix("<").strip() if old.startswith(("<", "/")) else None
            case "read":
                return f"<{old.removeprefix('<')}"
            case "invert":
                return _NOT.get(old)
            case "server":
                return {"yes": "server", "no": "client"}.get(old)
            case "unlimited":
                return "unlimited" if old == "0" else old
            case "fsync":
                return {"yes": "never", "no": "optimized"}.get(old)
            case "gone" | "by_hand" | "location":
                return None
        return self.how if old not in ("no", "") else None


_VALUES = frozenset(("same", "file", "read", "invert", "server", "unlimited", "fsync", "gone", "by_hand", "location"))


def chain(name: str, new: bool) -> Iterator[Renamed]:
    """What became of a setting, one version after the other, up to the Dovecot that is installed.

    ``new`` says that it is 2.4 or later. For an older one the names of 2.4 lead back to those it knows.
    """
    known = _known()
    seen: set[str] = set()
    while name in known and name not in seen and (new or known[name].since != "2.4"):
        seen.add(name)
        yield known[name]
        name = known[name].to
    if not new and name in _back():
        yield _back()[name]


def advice(name: str, new: bool) -> str:
    """What to write for a setting; ``""`` for one that is not known to have changed."""
    return " ".join(one.advice for one in chain(name, new))


@cache
def _known() -> Mapping[str, Renamed]:
    text = files(__package__).joinpath("dovecot_names.json").read_text(encoding="utf-8")
    data: dict[str, dict[str, Any]] = json.loads(text)
    return {
        name: Renamed(name, one.get("to", ""), one["in"], one.get("how", "same"), one.get("note", ""))
        for name, one in data.items()
    }


@cache
def _back() -> Mapping[str, Renamed]:
    """The names of 2.4, led back."""
    turned = {"file": "read", "read": "file"}
    return {
        one.to: Renamed(one.to, one.name, "2.4", turned.get(one.how, one.how), f"This Dovecot has it as {one.name}.")
        for one in _known().values()
        if one.since == "2.4" and one.to and one.how in _BACK and one.to != "listen"
    }
