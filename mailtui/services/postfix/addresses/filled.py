"""Parameters of local(8) that are filled in for each recipient: ``forward_path``, ``luser_relay``.

``$name``, ``${name}``, ``${name?text}`` where the name has a value, ``${name:text}`` where it has none (postconf(5)).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailtui.host.users import Account
from mailtui.services.postfix.addresses.keys import split_address

_NAME = re.compile(r"\$(?:(\w+)|\(([^()]+)\)|\{((?:[^{}]|\{[^{}]*\})+)\})")


def filled(text: str, names: Mapping[str, str]) -> str:
    """``text`` with the values of ``names``; an unknown name has none."""
    return _NAME.sub(lambda match: _value(_told(match), names), text)


def lacks_a_name(text: str, names: Mapping[str, str]) -> bool:
    """Whether a name stands there that has no value: local(8) then passes over a file of ``forward_path``."""
    return any(not names.get(told) for match in _NAME.finditer(text) if (told := _told(match)).isidentifier())


def uses_name(text: str, name: str) -> bool:
    """Whether the value of ``name`` is filled in anywhere, not only asked for (``${name?text}``)."""
    return any(
        told == name if told.isidentifier() else uses_name(told, name)
        for match in _NAME.finditer(text)
        for told in (_told(match),)
    )


def names_of(address: str, user: str, extension: str, delimiters: str, known: Account | None) -> dict[str, str]:
    """What the names mean for a recipient; ``extension`` begins with its delimiter, one of ``delimiters``."""
    home, shell = (known.home, known.shell) if known else ("", "")
    return {
        "user": user,
        "home": home,
        "shell": shell,
        "local": f"{user}{extension}",
        "domain": split_address(address)[1],
        "recipient": address,
        "extension": extension[1:],
        "recipient_delimiter": extension[:1] or delimiters[:1],
    }


def _told(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3]


def _value(told: str, names: Mapping[str, str]) -> str:
    name, sign, text = re.split(r"([?:]|$)", told, maxsplit=1)
    value = names.get(name, "")
    if not sign:
        return value
    return filled(text.removeprefix("{").removesuffix("}"), names) if (sign == "?") == bool(value) else ""
