"""What stands on the right-hand side of an alias, in an included file and in a user's own list: aliases(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENTRY = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"\n])+')


def alias_targets(value: str) -> Iterator[str]:
    """What an alias leads to, each without its quotes: an address, ``|command``, ``/file`` or ``:include:/file``."""
    for match in _ENTRY.finditer(value):
        text = match[0].strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        if text:
            yield text


def lines_of(text: str) -> Iterator[str]:
    """The lines of an included file or a user's own list, without those that are comments."""
    return (line for line in text.splitlines() if not line.startswith("#"))
