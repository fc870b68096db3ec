"""Dovecot's protocols that Debian packs apart: a lab serves those that the machine has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path("/usr/lib/dovecot")


@dataclass(frozen=True, slots=True)
class Protocol:
    """One of them, with its own template."""

    name: str
    program: str
    listeners: tuple[str, ...]

    @property
    def installed(self) -> bool:
        """Whether it can be served here."""
        return (PROGRAMS / self.program).exists()


OPTIONAL = (
    Protocol("pop3", "pop3", ("pop3", "pop3s")),
    Protocol("sieve", "managesieve", ("managesieve",)),
)


def not_served() -> set[str]:
    """Listeners this machine has no program for."""
    return {listener for protocol in OPTIONAL if not protocol.installed for listener in protocol.listeners}
