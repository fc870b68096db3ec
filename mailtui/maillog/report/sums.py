"""What is added up for one address, client or hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


class Sums:
    """What several parts of a log add up to."""

    __slots__: tuple[str, ...] = ()

    def add(self, other: Self) -> None:
        """Merge another part's."""
        raise NotImplementedError

    def plus(self, other: Self) -> Self:
        """The sum of two, which stay as they are."""
        total = type(self)()
        total.add(self)
        total.add(other)
        return total


@dataclass(slots=True)
class Usage(Sums):
    """How often and how much somebody received."""

    delivered: int = 0
    size: int = 0
    deferrals: int = 0
    delay: float = 0.0
    delay_max: float = 0.0

    def add(self, other: Self) -> None:
        """Merge another part's usage."""
        self.delivered += other.delivered
        self.size += other.size
        self.deferrals += other.deferrals
        self.delay += other.delay
        self.delay_max = max(self.delay_max, other.delay_max)


@dataclass(slots=True)
class Connections(Sums):
    """Sessions of one client, or of all of them in one hour: how many, how long."""

    count: int = 0
    seconds: int = 0
    longest: int = 0

    def lasted(self, seconds: int) -> None:
        """One of the sessions counted took that long."""
        self.seconds += seconds
        if seconds > self.longest:
            self.longest = seconds

    def add(self, other: Self) -> None:
        """Merge another part's sessions."""
        self.count += other.count
        self.seconds += other.seconds
        self.longest = max(self.longest, other.longest)


@dataclass(slots=True)
class Sent(Sums):
    """How many messages somebody sent, and how many bytes."""

    messages: int = 0
    size: int = 0

    def add(self, other: Self) -> None:
        """Merge another part's."""
        self.messages += other.messages
        self.size += other.size
