"""Which incident tells why a process died: its backtrace and its master's report belong to it.

A process is known by its number. Where no number is logged, as in Dovecot's own log for auth, the same service of the
same user within a few seconds is the same process.
"""

from __future__ import annotations

from mailtui.maillog.model import Event
from mailtui.maillog.story_links import Links

LAST_WORDS = frozenset({"panic", "fatal"})
"""Severities with which a process ends."""
_CONSEQUENCES = frozenset({"backtrace", "child-killed", "process-exit", "throttled"})
SAME_DEATH = 10.0
"""Seconds between a process's last words and its master's report; process IDs are used again."""
_SAME_MOMENT = 2.0
"""The same for a process without a number: another one of the service may die, too."""
_DOOM = "sasl-unavailable"
"""What ends a process that is about to say so."""

_Death = tuple[str, float]
_Name = tuple[str, ...]


class Deaths:
    """The processes that died lately."""

    def __init__(self) -> None:
        self._numbered: Links[_Name, _Death] = Links()
        self._named: Links[_Name, _Death] = Links()

    def put(self, event: Event, incident: str) -> None:
        """The incident that tells of a process's end, if the event is one."""
        if event.severity not in LAST_WORDS and event.event not in (*_CONSEQUENCES, _DOOM):
            return
        death = incident, event.time or 0.0
        if number := _number_of(event):
            self._numbered.put((event.host, number), death)
        if event.event != _DOOM:
            for name in _names_of(event):
                self._named.put(name, death)

    def told(self, event: Event) -> str:
        """The incident that an event belongs to, which only says again that a process died."""
        if event.event not in _CONSEQUENCES and not _is_of_sasl(event):
            return ""
        if event.event != "throttled":
            number = _number_of(event)
            if incident := _within(self._numbered.get((event.host, number)), event, SAME_DEATH):
                return incident
        if event.event in _CONSEQUENCES:
            for name in _names_of(event):
                if incident := _within(self._named.get(name), event, _SAME_MOMENT):
                    return incident
        return ""


def _is_of_sasl(event: Event) -> bool:
    return event.severity == "fatal" and "no SASL authentication mechanisms" in event.text


def _within(death: _Death | None, event: Event, seconds: float) -> str:
    if death is None or (event.time is not None and abs(event.time - death[1]) > seconds):
        return ""
    return death[0]


def _number_of(event: Event) -> str:
    """The dead process's number: that which its master names, or the event's own."""
    child = event.fields.get("child", "")
    return child or ("" if event.pid is None or event.event == "throttled" else str(event.pid))


def _names_of(event: Event) -> tuple[_Name, ...]:
    """The service and user; the service alone, as the master may log it; the program that Postfix's master starts."""
    if command := event.fields.get("command", ""):
        return ((event.host, command),)
    service = event.fields.get("service") or event.daemon
    if user := event.fields.get("user", ""):
        own = (event.host, service, user)
        return (own,) if event.event in _CONSEQUENCES else (own, (event.host, service, ""))
    return ((event.host, service, ""),)
