"""What doveconf(1) prints, block by block, and the value of one setting in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailtui.services.configuration.dovecot_text import key
from mailtui.services.dovecot.config import DovecotConfig, unquoted

_OPEN = re.compile(r"^\s*(\S.*?)\s*\{$")


def settings(text: str) -> Iterator[tuple[str, str]]:
    """Name and value of everything, a name with the blocks it stands in, as in ``Setting``."""
    blocks: list[str] = []
    for line in text.splitlines():
        opened = _OPEN.match(line)
        name, sign, value = line.strip().partition(" =")
        if line.startswith("#"):
            continue
        if opened and not sign:
            blocks.append(opened[1])
        elif line.strip() == "}":
            blocks = blocks[:-1]
        elif sign:
            yield " { ".join([*blocks, name]), unquoted(value.strip())


def value_of(dovecot: DovecotConfig, name: str) -> str | None:
    """What holds for a setting, a secret one too; None where Dovecot has none of the name.

    Raises what ``Tools.run`` raises.
    """
    return {key(one): value for one, value in settings(dovecot.everything("-a", "-P"))}.get(key(name))
