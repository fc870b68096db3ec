"""``mail_location`` and the variables of Dovecot up to 2.3, as 2.4 has them.

Source: doc.dovecot.org, "Mail Location" and "Upgrading Dovecot CE from 2.3 to 2.4".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_VARIABLE = re.compile(r"%([LU]*)(?:\{(\w+)\}|([a-zA-Z]))")
_CASE = {"L": " | lower", "U": " | upper", "": ""}
_PARTS = {
    "INBOX": "mail_inbox_path",
    "INDEX": "mail_index_path",
    "CONTROL": "mail_control_path",
    "ALT": "mail_alt_path",
    "VOLATILEDIR": "mail_volatile_path",
    "INDEXPVT": "mail_index_private_path",
    "LAYOUT": "mailbox_list_layout",
    "DIRNAME": "mailbox_directory_name",
    "LISTINDEX": "mailbox_list_index_prefix",
}
_SWITCHES = {"UTF-8": ("mailbox_list_utf8", "yes")}


def split_location(location: str) -> dict[str, str] | None:
    """The settings of 2.4 that a location of old stands for; None where it has something that none stands for."""
    driver, colon, rest = location.partition(":")
    if not colon or not driver.isalpha():
        return None
    path, *options = rest.split(":")
    found = {"mail_driver": driver, "mail_path": new_variables(path)}
    for option in options:
        name, sign, value = option.partition("=")
        if name in _SWITCHES and not sign:
            found[_SWITCHES[name][0]] = _SWITCHES[name][1]
        elif name in _PARTS and sign:
            found[_PARTS[name]] = new_variables(value)
        else:
            return None
    return found


def new_variables(value: str) -> str:
    """A value with ``%u`` and the like as 2.4 writes them: ``%{user}``."""
    return _VARIABLE.sub(_new, value)


def _new(match: re.Match[str]) -> str:
    letters, long, letter = match.groups()
    name = _names().get(letter, "") if letter else long
    if not name or len(set(letters)) > 1:
        return match[0]
    return f"%{{{name}{_CASE[letters[:1]]}}}"


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = json.loads(files(__package__).joinpath("variables.json").read_text(encoding="utf-8"))
    return names
