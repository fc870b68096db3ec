"""What may stand on the right-hand side of a table: access(5), header_checks(5), virtual(5), postconf(5).

The words stand in ``values.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files as data_files
from typing import Any

from mailtui.services.postfix.maps.used import Table
from mailtui.services.postfix.maps.uses import Surroundings, shapes

_ADDRESSES = frozenset({"virtual_alias_maps", "canonical_maps", "recipient_canonical_maps", "sender_canonical_maps"})
_CHECKS = re.compile(r"(\w+_)?(header|body)_checks")

Judge = Callable[[str, Surroundings], str]
"""A value → why it is none here; ``""`` where it is one."""


def judge_of(table: Table) -> Judge | None:
    """What judges the values of a table; None where anything may stand there."""
    roles = {use.check or use.parameter for use in table.uses}
    if all(re.fullmatch(r"check_\w+_access", role) for role in roles):
        return _action
    if all(_CHECKS.fullmatch(role) for role in roles):
        return _header_action
    if roles <= _ADDRESSES:
        return _addresses
    return {frozenset({"transport"}): _transport, frozenset({"policy"}): _policy}.get(shapes(table))


def _action(value: str, around: Surroundings) -> str:
    word, _, rest = value.partition(" ")
    if word in around.restrictions or word.rstrip(",") in around.restrictions:
        return ""
    return _word("access", word.rstrip(","), rest)


def _header_action(value: str, around: Surroundings) -> str:
    word, _, rest = value.partition(" ")
    return _word("checks", word, rest)


def _word(rules: str, word: str, rest: str) -> str:
    row = _data()[rules]
    if not re.fullmatch(row["words"], word, re.IGNORECASE):
        return f"{word} {row['why']}"
    if re.fullmatch(row["needs"], word, re.IGNORECASE) and not rest.strip():
        return f"{word} needs something after it"
    return ""


def _addresses(value: str, around: Surroundings) -> str:
    if value.startswith(("|", "/", '"|', '"/')) or value.lower().startswith(":include:"):
        return "commands, files and :include: are for aliases(5) alone: Postfix takes this for an address"
    return ""


def _transport(value: str, around: Surroundings) -> str:
    name = value.partition(":")[0].strip()
    if name and around.transports and name not in around.transports:
        return f"master.cf has no service {name}: mail for it is put off (mail transport unavailable)"
    return ""


def _policy(value: str, around: Surroundings) -> str:
    level, *attributes = re.split(r"[\s,]+", value)
    if against := _word("policy", level, ""):
        return against
    known = _data()["attributes"]
    bad = [word for word in attributes if word and (word.partition("=")[0] not in known or "=" not in word)]
    return f"{bad[0]} is no attribute: mail for this destination is put off" if bad else ""


@cache
def _data() -> Mapping[str, Any]:
    rows: dict[str, Any] = json.loads(data_files(__package__).joinpath("values.json").read_text(encoding="utf-8"))
    return rows
