"""``Visitors``: who came by a port, out of the log's last days: who breaks if it is closed, or asks for more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailtui.host.errors import UsageError
from mailtui.services.postfix.config import PostfixConfig
from mailtui.services.tls.listeners import Listener
from mailtui.services.tls.logins import LoginBook, Way, logged_as, logins_in

DAYS = 30
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Visits:
    """Who came by a door."""

    door: str
    """As the log names it: ``imap``, ``submission``."""
    ways: tuple[Way, ...]
    """Those who came, the most frequent first."""
    since: float | None
    """The first line of the log that tells of anybody; None for none."""
    shared: bool
    """Whether other ports have the same name in the log: 143 and 993 are both ``imap``."""


class Visitors:
    """Reads the log anew at each call; ``files`` are those with lines since a time."""

    def __init__(self, postfix: PostfixConfig, files: Callable[[float], Sequence[Path]]) -> None:
        self._postfix = postfix
        self._files = files

    def book(self, days: float = DAYS) -> LoginBook:
        """All logins of the last days."""
        since = time.time() - days * _DAY
        return logins_in(self._files(since), since)

    def of(self, listener: Listener, beside: Sequence[Listener], days: float = DAYS) -> Visits:
        """Who came by a port; ``beside`` are all that there are. Raises UsageError where the log cannot tell."""
        door = self.door(listener)
        book = self.book(days)
        ways = tuple(way for way in book.ways if way.door == door)
        others = {(one.port, one.service) for one in beside if self._may_be(one, door)}
        return Visits(door, ways, book.first, len(others - {(listener.port, listener.service)}) > 0)

    def door(self, listener: Listener) -> str:
        """What the log calls a port. Raises UsageError for one whose visitors it does not tell."""
        if listener.protocol not in ("imap", "pop3", "sieve", "smtp"):
            raise UsageError(f"the log does not tell who comes to {listener.service}")
        if listener.program == "dovecot":
            return "submission" if listener.protocol == "smtp" else listener.protocol
        service = next((one for one in self._postfix.services if f"{one.name}/{one.type}" == listener.service), None)
        return logged_as(self._postfix.of_service(service).get("syslog_name"))

    def _may_be(self, listener: Listener, door: str) -> bool:
        try:
            return self.door(listener) == door
        except UsageError:
            return False
