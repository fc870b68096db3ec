"""How often strangers may be asked: a file of the state folder remembers it across commands.

Servers take many questions without mail for a dictionary attack, and list those who ask.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from mailtui.changes.private import make_private
from mailtui.host.errors import MailtuiError

GAP = 5.0
"""Seconds between two questions to one host; the second waits."""
PER_HOST = 10
PER_HOUR = 60
"""Questions an hour, to one host and to all."""
_HOUR = 3600.0


class TooOften(MailtuiError):
    """Nothing was asked, so that this machine keeps its good name."""


class Pace:
    """Waits and refuses. Two commands at the same time are told apart by a lock on the file."""

    def __init__(
        self, state: Path, *, now: Callable[[], float] = time.time, wait: Callable[[float], None] = time.sleep
    ):
        self._folder = state
        self._now = now
        self._wait = wait

    def before(self, host: str) -> None:
        """Come here before a stranger is asked. Raises TooOften; HostError where the state cannot be written."""
        make_private(self._folder)
        descriptor = os.open(self._folder / "probes.json", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            asked = self._recent(file.read())
            self._refuse(host, asked)
            last = max(asked.get(host, [0.0]))
            if (left := last + GAP - self._now()) > 0:
                self._wait(min(left, GAP))
            asked.setdefault(host, []).append(self._now())
            file.seek(0)
            file.truncate()
            json.dump(asked, file)

    def _recent(self, text: str) -> dict[str, list[float]]:
        now = self._now()
        try:
            known = json.loads(text or "{}")
            pairs = {str(host): [float(one) for one in times] for host, times in known.items()}
        except (ValueError, TypeError, AttributeError):
            return {}
        recent = {host: [one for one in times if now - _HOUR < one <= now] for host, times in pairs.items()}
        return {host: times for host, times in recent.items() if times}

    def _refuse(self, host: str, asked: dict[str, list[float]]) -> None:
        whole = sum(map(len, asked.values()))
        if len(asked.get(host, ())) < PER_HOST and whole < PER_HOUR:
            return
        times = (
            asked[host] if len(asked.get(host, ())) >= PER_HOST else [one for every in asked.values() for one in every]
        )
        minutes = max(1, round((min(times) + _HOUR - self._now()) / 60))
        raise TooOften(
            f"{host} was not asked: more than {PER_HOST} questions an hour to one host, or {PER_HOUR} to all, "
            "look like a search for addresses",
            unlock=f"again in {minutes} minutes",
        )
