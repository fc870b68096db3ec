"""``last message repeated N times``: the line before, counted by syslog."""

from __future__ import annotations

from mailtui.maillog.model import Event

_DIGITS = 6
"""A longer count is none."""


class Repeats:
    """Remembers the line before."""

    def __init__(self) -> None:
        self._last: Event | None = None

    def meant(self, event: Event) -> Event | None:
        """The event itself, or the one it counts; None where that is not known."""
        if event.event != "repeated":
            self._last = event
            return event
        last, count = self._last, event.fields.get("count", "")[:_DIGITS]
        if last is None or not count.isdecimal():
            return None
        if (last.source, last.event) != (event.source, event.fields.get("event")):
            return None
        more = {**last.fields, "repeated": str(int(count) - 1)}
        return last._replace(offset=event.offset, time=event.time, fields=more)
