"""What waits for its other end: names that one line announces and another one bears."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

MOST = 5_000

Name = TypeVar("Name")
Value = TypeVar("Value")


def links_for(max_stories: int) -> int:
    """How many names a book of so many messages keeps: two a message, for few messages fewer than ``MOST``."""
    return min(MOST, 2 * max_stories)


class Links(Generic[Name, Value]):
    """A dictionary that forgets its oldest entries."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._links: OrderedDict[Name, Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._links)

    def put(self, name: Name, value: Value) -> None:
        """Remember."""
        self._links[name] = value
        if len(self._links) > self._most:
            self._links.popitem(last=False)

    def get(self, name: Name) -> Value | None:
        """What is remembered."""
        return self._links.get(name)

    def pop(self, name: Name) -> Value | None:
        """What is remembered, once."""
        return self._links.pop(name, None)
