"""Which lines of the journal are wanted, told from how they begin: most need not be understood, nor be held.

A change of ten thousand messages is some megabytes, and a journal of years is long.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

_FIRST = b'{"record":"begin",'
_NAME = re.compile(rb'\{(?:"record":"begin",)?"change":"([^"\\]+)"')
_PLAN = b'"plan":'
_UNDOES = re.compile(rb'"undoes":"([^"\\]+)"')


class Begun(NamedTuple):
    """A change, by its first record."""

    name: str
    undoes: str
    """The change that this one undoes or, where that was an undo, does again; else ``""``."""


def begun(lines: Iterable[bytes]) -> Iterator[Begun]:
    """Every change that was begun, in order."""
    for line in lines:
        name = _NAME.match(line) if line.startswith(_FIRST) else None
        if name is not None:
            undoes = _UNDOES.search(line, 0, line.find(_PLAN))
            yield Begun(name[1].decode(), undoes[1].decode() if undoes else "")


def kin(all_begun: Iterable[Begun], name: str) -> frozenset[str]:
    """``name``, what it undoes, what undid it, and so on: none of them can be told without the others."""
    groups: dict[str, set[str]] = {}
    for one in all_begun:
        group = groups.get(one.undoes) or set()
        group.add(one.name)
        groups[one.name] = group
    return frozenset(groups.get(name, ()))


def concerning(lines: Iterable[bytes], names: Collection[str]) -> list[bytes]:
    """The records of these changes."""
    wanted = {name.encode() for name in names}
    return [line for line in lines if (name := _NAME.match(line)) is not None and name[1] in wanted]


def latest(lines: Iterable[bytes], most: int) -> list[bytes]:
    """The records from the first one of the ``most`` changes that were begun last on."""
    kept: deque[list[bytes]] = deque(maxlen=most)
    for line in lines:
        if line.startswith(_FIRST):
            kept.append([line])
        elif kept:
            kept[-1].append(line)
    return [line for lines in kept for line in lines]
