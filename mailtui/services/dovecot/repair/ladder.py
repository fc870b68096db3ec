"""The ladder of repairs: which rung can address which damage, and what it costs in which format.

The table ``ladder.json`` was measured on Dovecot 2.2, 2.3 and 2.4. A rung that cannot address the cause is never taken,
and dbox is never given a rung that throws away an index: it is the only place where flags are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Rung:
    """One way to mend."""

    name: str
    title: str
    does: str
    costs: Mapping[str, str]
    """What it costs, by mailbox format; a format that is not here must not be mended this way."""
    sessions: str
    """What becomes of open sessions."""

    def suits(self, mailbox_format: str) -> bool:
        """Whether this rung may be taken on a mailbox of that format."""
        return mailbox_format in self.costs


@cache
def ladder() -> tuple[Rung, ...]:
    """Every rung, the gentlest first."""
    rows = json.loads(files(__package__).joinpath("ladder.json").read_text(encoding="utf-8"))
    return tuple(Rung(row["rung"], row["title"], row["does"], row["costs"], row["sessions"]) for row in rows)


def rung(name: str) -> Rung:
    """The rung of that name. Raises KeyError where there is none."""
    return {one.name: one for one in ladder()}[name]
