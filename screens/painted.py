"""What has been painted is freed at once; Textual 8.2 keeps it until the collector comes, or for good.

A line that is cut nowhere remembers itself as its only part, a circle that only a full collection finds: thousands a
minute while somebody leafs through the views. A cache of two colours remembers every widget's painted lines with them,
also of what was closed long ago (Textual's issue 6665). Two more remember 16,384 styles and cuts, with their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 1024
"""Of what a few pages are made of."""
_CACHED: tuple[tuple[type, str], ...] = ((Segment, "_split_cells"), (Strip, "render_ansi"))
"""Class methods behind a cache of their own."""
_divide, _crop_extend = Strip.divide, Strip.crop_extend


class Painted(dict[Key, Value]):
    """The latest so many; Textual's LRUCache is a chain of circles, which keep what it held when it is cleared."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        while len(self) >= self._most:
            del self[next(iter(self))]
        super().__setitem__(key, value)


def forget_painted() -> None:
    """From now on nothing painted is kept beyond its use; with a Textual that does it otherwise, nothing is done."""
    Strip.divide = _divided  # type: ignore[method-assign, assignment]
    Strip.crop_extend = _cropped  # type: ignore[method-assign, assignment]
    with suppress(ImportError, AttributeError):
        from textual._styles_cache import StylesCache  # Textual's own

        colours = lru_cache(_MOST)(partial(StylesCache.get_inner_outer.__wrapped__, StylesCache))
        StylesCache.get_inner_outer = staticmethod(colours)  # type: ignore[method-assign, assignment]
    for owner, name in _CACHED:
        with suppress(KeyError, AttributeError):
            smaller = lru_cache(_MOST)(vars(owner)[name].__func__.__wrapped__)
            setattr(owner, name, classmethod(smaller))  # type: ignore[arg-type]


def _divided(strip: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    within = [cut for cut in cuts if cut <= strip.cell_length]
    return [strip] if within == [strip.cell_length] else _divide(strip, within)


def _cropped(strip: Strip, start: int, end: int, style: Style | None) -> Strip:
    return strip if start <= 0 and end == strip.cell_length else _crop_extend(strip, start, end, style)
