"""Only the lines of some time: ``--since``, ``--until``, ``--day``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailtui.maillog.header import Stamps


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` up to but not including ``until``, in seconds since the epoch."""

    since: float = float("-inf")
    until: float = float("inf")

    @classmethod
    def between(cls, since: float | None, until: float | None) -> Window | None:
        """A window, or ``None`` where nothing limits it."""
        if since is None and until is None:
            return None
        return cls(float("-inf") if since is None else since, float("inf") if until is None else until)


class Sieve:
    """Lets the lines of a window through; a line without a stamp goes with the one before it."""

    def __init__(self, window: Window, stamps: Stamps) -> None:
        self._window, self._stamps = window, stamps
        self._is_open = False

    def select(self, lines: Sequence[str]) -> list[str]:
        """The lines inside the window."""
        return [line for line in lines if self._passes(line)]

    def _passes(self, line: str) -> bool:
        time = self._stamps.read(line)
        if time is not None:
            self._is_open = self._window.since <= time < self._window.until
        return self._is_open
