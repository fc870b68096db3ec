"""Who leads to a user: the aliases in the text of Postfix's tables that name the address. virtual(5), aliases(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.host.errors import MailtuiError
from mailtui.host.files import read_file
from mailtui.host.tools import Tools
from mailtui.services.people.model import Place
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.postfix.maps.text import Source
from mailtui.services.postfix.maps.used import Tables
from mailtui.text import clean

_PARAMETERS = frozenset({"virtual_alias_maps", "alias_maps"})
_MOST = 20
_SEPARATORS = re.compile(rb"[,\s]+")


def aliases_of(tools: Tools, postfix: PostfixConfig, user: str) -> Place:
    """Every alias that leads straight to a user. Raises what ``Tools.run`` raises."""
    found = list(_aliases(tools, postfix, user))
    if not found:
        return Place("aliases", clean(user), "unused", "no alias in a table's text leads to it")
    shown = found[:_MOST] + ([f"and {len(found) - _MOST} more"] if len(found) > _MOST else [])
    told = "an alias leads to it" if len(found) == 1 else f"{len(found)} aliases lead to it"
    return Place("aliases", clean(user), "there", told, tuple(shown))


def _aliases(tools: Tools, postfix: PostfixConfig, user: str) -> Iterator[str]:
    wanted = user.lower().encode("utf-8", "surrogateescape")
    for table in Tables(tools, postfix).used:
        if table.file is None or not any(use.parameter in _PARAMETERS for use in table.uses):
            continue
        try:
            data = read_file(table.file).data
        except MailtuiError:
            continue
        if wanted not in data.lower():
            continue
        for entry in Source.read(data, "aliases" if table.is_aliases else "postmap").each():
            if wanted in _SEPARATORS.split(entry.value.lower()) and entry.key.lower() != wanted:
                key = entry.key.decode("utf-8", "surrogateescape")
                yield clean(f"{key}  {table.file}:{entry.first + 1}")
