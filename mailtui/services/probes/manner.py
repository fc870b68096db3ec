"""How to talk to a server, and how a dialogue may end before its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mailtui.services.probes.model import Verdict

TIMEOUT = 40.0
"""Seconds for a whole dialogue: Dovecot lets a client that has failed before wait for up to 17."""
HIDDEN = "…"
"""What stands for a secret wherever a dialogue is shown."""


class Stopped(Exception):
    """The dialogue is over before it came to what was to be shown."""

    def __init__(self, verdict: Verdict, told: str, reply: str = "") -> None:
        super().__init__(told)
        self.verdict = verdict
        self.told = told
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Manner:
    """How to talk to a server."""

    source: str | None = None
    """The local address to come from."""
    name: str = ""
    """What to call oneself; ``""`` for the local address."""
    verify: bool = False
    """Whether the certificate must be good for the host's name."""
    tls: Literal["must", "may", "none"] = "must"
    timeout: float = TIMEOUT
    """Seconds for all of it."""
