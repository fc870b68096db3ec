"""What a table is asked for, by the parameters that name it: keys of another form are there for nothing.

The rules stand in ``uses.json``; they come from the search orders of access(5), aliases(5), canonical(5), transport(5),
virtual(5) and from postconf(5).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as data_files
from typing import Any

from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.tables import words


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What main.cf and master.cf say that decides what a table may hold."""

    supported: frozenset[str] = frozenset()
    """The table types there are (``postconf -m``)."""
    parents_match: frozenset[str] = frozenset()
    """``parent_domain_matches_subdomains``."""
    transports: frozenset[str] = frozenset()
    """Names of the delivery agents in master.cf."""
    restrictions: frozenset[str] = frozenset()
    """``smtpd_restriction_classes``."""

    @classmethod
    def of(cls, postfix: PostfixConfig, supported: frozenset[str]) -> Surroundings:
        """Those of one instance."""
        return cls(
            supported,
            frozenset(words(postfix.get("parent_domain_matches_subdomains"))),
            frozenset(service.name for service in postfix.services if service.type == "unix"),
            frozenset(words(postfix.get("smtpd_restriction_classes"))),
        )


def shapes(table: Table) -> frozenset[str]:
    """What the table is asked for: ``address``, ``transport``, ``client``, …; none where that is not known."""
    roles = {use.check or use.parameter for use in table.uses}
    known = [(name, pattern) for name, pattern in _data()["shapes"].items()]
    found = [{name for name, pattern in known if re.fullmatch(pattern, role)} for role in roles]
    return frozenset().union(*found) if all(found) else frozenset()


def never_asked(key: str, asked_for: frozenset[str], around: Surroundings) -> str:
    """Why no daemon ever asks a table for a key; ``""`` where one may."""
    reasons = [_against(key, shape, around) for shape in asked_for]
    return reasons[0] if reasons and all(reasons) else ""


def _against(key: str, shape: str, around: Surroundings) -> str:
    for pattern, why in _rules()[shape]:
        if pattern.fullmatch(key):
            return why
    parents = _data()["parents"].get(shape)
    if key.startswith(".") and parents in around.parents_match:
        return f"{key[1:]} stands for its subdomains already: parent_domain_matches_subdomains names {parents}"
    return ""


@cache
def _rules() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    return {
        shape: [(re.compile(row["key"]), row["why"]) for row in _data()["never"] if shape in row["shapes"].split()]
        for shape in _data()["shapes"]
    }


@cache
def _data() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(data_files(__package__).joinpath("uses.json").read_text(encoding="utf-8"))
    return rows
