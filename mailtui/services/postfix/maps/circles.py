"""Aliases that lead in a circle, out of the text of a table.

cleanup(8) refuses such mail with 451 when ``virtual_alias_recursion_limit`` is reached, local(8) bounces it as an alias
database loop. An alias that names itself among others is none: virtual(5) and aliases(5) end there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Follow = Callable[[str], Sequence[str]]
"""A name → the names it leads to; none where it ends."""


def circles(names: Iterable[str], follow: Follow) -> dict[str, tuple[str, ...]]:
    """For each name that lies on a circle, the circle from it back to it; only one circle of each is told."""
    ended: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        _walk(name, follow, ended, found)
    return found


def _walk(start: str, follow: Follow, ended: set[str], found: dict[str, tuple[str, ...]]) -> None:
    """Depth first, without recursion: chains may be long."""
    if start in ended:
        return
    path = [start]
    place = {start: 0}
    left = [iter(_next(start, follow))]
    while path:
        name = next(left[-1], None)
        if name is None:
            ended.add(path[-1])
            del place[path.pop()]
            left.pop()
        elif name in place:
            circle = path[place[name] :]
            for number, one in enumerate(circle):
                found.setdefault(one, (*circle[number:], *circle[: number + 1]))
        elif name not in ended:
            place[name] = len(path)
            path.append(name)
            left.append(iter(_next(name, follow)))


def _next(name: str, follow: Follow) -> Sequence[str]:
    names = follow(name)
    return () if name in names else names
