"""Lists of ``tag=value;`` as DKIM, DMARC, MTA-STS and TLS reporting publish them. RFC 6376, 3.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailtui.text import clean

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Tags:
    """What was read; the first of a tag that stands twice."""

    values: Mapping[str, str] = field(default_factory=dict)
    """By the tag's name, in the order they stand."""
    flaws: tuple[str, ...] = ()
    """What is no tag, or stands twice, for people."""

    def get(self, name: str, default: str = "") -> str:
        """The value of a tag."""
        return self.values.get(name, default)

    @property
    def first(self) -> str:
        """The name of the tag that stands first."""
        return next(iter(self.values), "")


def read_tags(text: str) -> Tags:
    """Every tag of ``text``, which may be anything at all."""
    values: dict[str, str] = {}
    flaws: list[str] = []
    for part in text.split(";"):
        name, equals, value = (piece.strip(_SPACE) for piece in part.partition("="))
        if not name and not equals:
            continue
        if not equals or not _NAME.match(name):
            flaws.append(f"{clean(part.strip(_SPACE))!r} is no tag=value")
        elif name in values:
            flaws.append(f"{clean(name)}= stands twice")
        else:
            values[name] = value
    return Tags(values, tuple(flaws))
